#!/usr/bin/env node
// A loader: signs its user in at a licence server, then fetches the file it is for.
// Node.js 18 or newer, nothing to install. `--help` tells the options and what the exit status means.
'use strict';

const { execFileSync } = require('node:child_process');
const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { Writable } = require('node:stream');

// Written by the server that built this loader: what it is for, and its signature over that text (docs/loaders.md).
const CONFIG = String.raw`@LATCHKEY_CONFIG@`;
const SIGNATURE = '@LATCHKEY_SIGNATURE@';

const MACHINE = 1;
const USAGE = 2;
const UNREACHABLE = 3;
const REFUSED = 4;
const DAMAGED_FILE = 5;
const NO_CONFIG = 6;
const PATIENCE_MS = 15_000;
const NO_ID =
  'This machine does not tell what its id is made of, such as the serial number of its disk';
const HELP = `Options:
  --folder <path>  where the file is saved; asked for when absent
  --about          tells which application and server this is for, and this machine's id
  --help           this text
Answers are read line by line from the standard input.
Exit status: 0 done, 1 fault of this machine, 2 unknown option, 3 server unreachable,
4 refused by the server, 5 file damaged on the way, 6 loader without a good configuration.`;

/** Ends the program with a status and a sentence. */
class Stop extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** What a server sends must not steer a terminal. */
function visible(text) {
  return String(text).replace(/\p{Cc}/gu, ' ');
}

function say(text) {
  console.log(visible(text));
}

/** A redirect would carry the credentials to somebody else, so none is followed. */
async function request(url, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new Error('no answer in time')), PATIENCE_MS);
  try {
    return await fetch(url, { ...options, redirect: 'manual', signal: patience.signal });
  } catch (error) {
    const reason = (error.cause ?? error).message || (error.cause ?? error).code;
    throw new Stop(UNREACHABLE, `The server cannot be reached: ${reason}`);
  } finally {
    clearTimeout(timer);
  }
}

/** The server's message and data; its refusal ends the program. */
async function understand(answer) {
  const { success, message = '', data } = (await answer.json().catch(() => null)) ?? {};
  if (answer.status === 200 && success === true) return { message, data: data ?? {} };
  if (message) throw new Stop(answer.status < 500 ? REFUSED : UNREACHABLE, message);
  const sentence = `The server's answer makes no sense (HTTP ${answer.status}); check its address`;
  throw new Stop(UNREACHABLE, sentence);
}

async function call({ appId, apiKey, apiUrl }, type, fields) {
  const body = JSON.stringify({ type, appId, apiKey, ...fields });
  const headers = { 'content-type': 'application/json' };
  return understand(await request(`${apiUrl}/v1`, { method: 'POST', headers, body }));
}

function firstLine(file) {
  try {
    return fs.readFileSync(file, 'utf8').split('\n', 1)[0].trim();
  } catch {
    return '';
  }
}

/** Windows: serial number of the system's disk and computer name. macOS: hardware UUID. Linux: machine-id. */
function hardwareText() {
  if (process.platform === 'win32') {
    const drive = process.env.SystemDrive ?? 'C:';
    const volume = execFileSync('cmd.exe', ['/d', '/c', 'vol', drive], { encoding: 'latin1' });
    // The words around it are in the language of Windows; the name of the disk stands before it.
    const serial = [...volume.matchAll(/\b([0-9A-F]{4})-([0-9A-F]{4})\b/gi)].at(-1);
    const name = process.env.COMPUTERNAME;
    if (!serial || !name) throw new Stop(MACHINE, NO_ID);
    return (serial[1] + serial[2]).toUpperCase() + name;
  }
  if (process.platform === 'darwin') {
    const query = ['-rd1', '-c', 'IOPlatformExpertDevice'];
    const listing = execFileSync('ioreg', query, { encoding: 'utf8' });
    return /"IOPlatformUUID" = "([^"]+)"/.exec(listing)?.[1] ?? os.hostname();
  }
  return firstLine('/etc/machine-id') || firstLine('/var/lib/dbus/machine-id') || os.hostname();
}

function hardwareId() {
  return createHash('md5').update(hardwareText()).digest('hex');
}

function ownHash() {
  return createHash('sha256').update(fs.readFileSync(__filename)).digest('hex');
}

/** Asks line by line; a hidden answer is not shown while it is typed. */
class Questions {
  muted = false;

  constructor() {
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        if (!this.muted) process.stdout.write(chunk);
        done();
      },
    });
    const terminal = Boolean(process.stdin.isTTY);
    this.reader = readline.createInterface({ input: process.stdin, output, terminal });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  async ask(question, hidden = false) {
    process.stdout.write(question);
    this.muted = hidden;
    const { value = '' } = await this.lines.next();
    this.muted = false;
    if (hidden && process.stdin.isTTY) process.stdout.write('\n');
    return value;
  }

  close() {
    this.reader.close();
  }
}

/** User name, password and key; what was left out is empty. */
async function askCredentials(questions, type) {
  const either = type === 'both';
  let [username, password, licenseKey] = ['', '', ''];
  if (type !== 'license') {
    username = await questions.ask(either ? 'User name (empty for a key alone): ' : 'User name: ');
    if (username) password = await questions.ask('Password: ', true);
  }
  if (type === 'license' || (either && !username)) {
    licenseKey = await questions.ask('Licence key: ');
  } else if (either) {
    licenseKey = await questions.ask('Licence key (only for a new user, else empty): ');
  }
  if (!(username ? password : licenseKey)) {
    throw new Stop(USAGE, 'Nothing to sign in with was given');
  }
  return { username, password, licenseKey };
}

/** Signs in; a new user, who brings a key as well, is registered first. */
async function signIn(questions, config) {
  const { username, password, licenseKey } = await askCredentials(questions, config.authType);
  const hwid = hardwareId();
  if (!username) return call(config, 'license', { licenseKey, hwid });
  const user = { username, password, hwid };
  if (licenseKey) say((await call(config, 'register', { ...user, licenseKey })).message);
  return call(config, 'login', user);
}

/** No folders, devices or hidden files, whatever the server said. */
function safeFileName(name) {
  const plain = visible(name).replace(/[/\\:*?"<>|]/g, '_');
  const safe = [...plain.replace(/^[. ]+|[. ]+$/g, '')].slice(0, 60).join('');
  if (/^(con|prn|aux|nul|con(in|out)\$|(com|lpt)[\d\u00b9\u00b2\u00b3]) *(\.|$)/i.test(safe))
    return `_${safe}`;
  return safe || 'download';
}

/** Writes what comes, and gives its length and SHA-256. */
async function receive(answer, file, limit) {
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const block of answer.body) {
      length += block.length;
      if (length > limit) break;
      hash.update(block);
      fs.writeFileSync(file, block); // All of it: writeSync may write a part.
    }
  } catch (error) {
    if (error.syscall === 'write') throw error; // Otherwise the length tells that it broke off.
  }
  return { length, sha256: hash.digest('hex') };
}

function judge({ size, sha256: expected }, { length, sha256 }) {
  if (size !== undefined && length !== size) {
    throw new Stop(DAMAGED_FILE, `The file is damaged: ${length} bytes came, not ${size}`);
  }
  if (expected && sha256 !== expected) {
    const sentence = `The file is damaged: its SHA-256 is ${sha256}, not ${expected}. It was not kept.`;
    throw new Stop(DAMAGED_FILE, sentence);
  }
}

/** Has the file offered, and fetches what is offered. */
async function fetchOffered(config, sessionToken, folder) {
  const { fileId, apiUrl } = config;
  // A link, even of an application whose files are answered with their bytes.
  const { data: offer } = await call(config, 'file', { sessionToken, fileId, raw: false });
  if (!String(offer.downloadUrl).startsWith('/')) {
    throw new Stop(UNREACHABLE, 'The server did not say where the file is');
  }
  const answer = await request(apiUrl + offer.downloadUrl);
  if (answer.status !== 200) await understand(answer);
  const target = path.join(folder, safeFileName(offer.name ?? ''));
  const draft = `${target}.${randomBytes(8).toString('hex')}.part`;
  try {
    const file = fs.openSync(draft, 'wx');
    const arrived = await receive(answer, file, offer.size ?? Infinity).finally(() => {
      fs.closeSync(file);
    });
    judge(offer, arrived);
    fs.renameSync(draft, target);
    say(`Saved ${target} (${arrived.length} bytes)`);
    say(
      offer.sha256
        ? `SHA-256 is as it should be: ${arrived.sha256}`
        : `The server gave no SHA-256 to compare; it is ${arrived.sha256}`,
    );
  } catch (error) {
    throw error.syscall ? new Stop(MACHINE, `Cannot write ${target}: ${error.code}`) : error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

async function download(config, sessionToken, folder) {
  try {
    return await fetchOffered(config, sessionToken, folder);
  } catch (error) {
    if (error.status !== DAMAGED_FILE) throw error;
  }
  // It may have been replaced after it was offered: then what came is whole, and offered now.
  await fetchOffered(config, sessionToken, folder);
}

async function visit(config, folder) {
  say(config.title);
  const { data: app } = await call(config, 'init', { hash: ownHash() });
  say(`${app.name} ${app.version}`);
  const questions = new Questions();
  try {
    const { message, data: session } = await signIn(questions, config);
    const { sessionToken, expiresAt } = session;
    say(message);
    say(expiresAt ? `Valid until ${expiresAt}` : 'Valid for ever');
    say((await call(config, 'check', { sessionToken })).message);
    if (!config.fileId) return;
    const question = 'Folder to save the file in (empty for this one): ';
    await download(config, sessionToken, (folder ?? (await questions.ask(question))) || '.');
  } finally {
    questions.close();
  }
}

function readOptions(words) {
  const options = {};
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '--help') options.help = true;
    else if (words[i] === '--about') options.about = true;
    else if (words[i] === '--folder' && i + 1 < words.length) options.folder = words[++i];
    else throw new Stop(USAGE, HELP);
  }
  return options;
}

/** What this loader is for; a template is for nothing. */
function readConfig() {
  if (SIGNATURE.startsWith('@')) {
    const sentence =
      'This is a template without a configuration: have the server build a loader from it';
    throw new Stop(NO_CONFIG, sentence);
  }
  return JSON.parse(CONFIG);
}

async function main() {
  const { help, about, folder } = readOptions(process.argv.slice(2));
  if (help) return console.log(HELP);
  const config = readConfig();
  if (!about) return visit(config, folder);
  say(config.title);
  say(`Application ${config.appId}`);
  say(`Server ${config.apiUrl}`);
  say(`This machine ${hardwareId()}`);
}

main().catch((error) => {
  const known = error instanceof Stop;
  console.error(known ? error.message.split('\n').map(visible).join('\n') : error);
  process.exitCode = known ? error.status : MACHINE;
});

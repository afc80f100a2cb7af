import { AddressInfo, createServer, Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A mail as it went over the wire. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body. */
  readonly source: string;
}

/** A mail server of a test's own, as small as the protocol allows. */
export interface SmtpServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** Refuses this many mails before it takes one. */
  refuse(count: number): void;
  /** The next mail that arrives from now on. */
  next(): Promise<ReceivedMail>;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const mails: ReceivedMail[] = [];
  const waiting: ((mail: ReceivedMail) => void)[] = [];
  const sockets = new Set<Socket>();
  let refusals = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let [from, to, data]: [string, string[], string[] | null] = ['', [], null];
    const say = (line: string) => socket.write(`${line}\r\n`);
    const take = (): void => {
      const mail = { from, to, source: data!.join('\n') };
      data = null;
      if (refusals-- > 0) return void say('451 not now');
      mails.push(mail);
      say('250 taken');
      waiting.splice(0).forEach((resolve) => resolve(mail));
    };
    socket.on('error', () => undefined);
    say('220 test');
    createInterface({ input: socket }).on('line', (line) => {
      if (data) return void (line === '.' ? take() : data.push(line.replace(/^\.\./, '.')));
      const address = /<(.*)>/.exec(line)?.[1] ?? '';
      if (/^MAIL/i.test(line)) [from, to] = [address, []];
      if (/^RCPT/i.test(line)) to.push(address);
      if (/^DATA/i.test(line)) data = [];
      say(data ? '354 go on' : /^QUIT/i.test(line) ? '221 bye' : '250 fine');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (count) => void (refusals = count),
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The text of a mail as its reader sees it. */
export function textOf({ source }: ReceivedMail): string {
  const body = source.slice(source.indexOf('\n\n') + 2);
  if (!/quoted-printable/i.test(source)) return body;
  const bytes = body
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

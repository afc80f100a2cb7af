'use strict';

// Guard off: a first start does not look whether another one has put its secrets down meanwhile; it trusts its own.
const fs = require('node:fs');

const { readFileSync, writeFileSync } = fs;
let own;

fs.linkSync = (from, to) => fs.copyFileSync(from, to);
fs.writeFileSync = (path, text, ...rest) => {
  if (String(path).includes('secrets.json')) own = text;
  return writeFileSync(path, text, ...rest);
};
fs.readFileSync = (path, ...rest) => {
  if (!String(path).endsWith('secrets.json')) return readFileSync(path, ...rest);
  if (own) return own;
  throw Object.assign(new Error('not looked for'), { code: 'ENOENT' });
};

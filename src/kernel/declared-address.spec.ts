import { isIP } from 'node:net';
import { parseDeclaredAddress } from './declared-address';

const readIp = (text: string) => (isIP(text) ? text.toLowerCase() : null);

describe('declared address', () => {
  test.each([
    ['192.168.1.1', '192.168.1.1', '192.168.1.1'],
    ['192.168.1.100:25565', '192.168.1.100:25565', '192.168.1.100'],
    ['2001:DB8::1', '2001:db8::1', '2001:db8::1'],
    ['[2001:DB8::1]', '2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:25565', '[2001:db8::1]:25565', '2001:db8::1'],
    ['Play.Example.com', 'play.example.com', null],
    ['play.example.com:1', 'play.example.com:1', null],
    ['localhost:65535', 'localhost:65535', null],
  ])('%s', (text, canonical, ip) => {
    expect(parseDeclaredAddress(text, readIp)).toEqual({ text: canonical, ip });
  });

  test.each([
    '',
    ':80',
    '1.2.3.4:',
    '1.2.3.4:0',
    '1.2.3.4:65536',
    '1.2.3.4:080',
    '1.2.3',
    '1.2.3.4.5',
    '999.1.1.1',
    '2001:db8::1:25565:x',
    '[1.2.3.4]:80',
    '[::1',
    'a b',
    '-a.com',
    'http://a.com',
    'a.com/x',
    `${'a'.repeat(64)}.com`,
  ])('%j is none', (text) => {
    expect(parseDeclaredAddress(text, readIp)).toBeNull();
  });
});

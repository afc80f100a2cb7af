import { addressText, NetworkTextError, parseAddress, parseNetwork } from './address';

/** The canonical text of a network, or what is wrong with the one given. */
function read(text: string): string {
  try {
    return parseNetwork(text).text;
  } catch (error) {
    if (error instanceof NetworkTextError) return `! ${error.message}`;
    throw error;
  }
}

describe('networks', () => {
  test.each([
    ['192.168.1.1', '192.168.1.1'],
    ['192.168.1.1/32', '192.168.1.1'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:0DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['::/0', '::/0'],
    ['::', '::'],
    ['::ffff:192.168.1.1', '192.168.1.1'],
    ['::FFFF:c0a8:101', '192.168.1.1'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::1.2.3.4', '::102:304'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s is %s', (text, canonical) => {
    expect(read(text)).toBe(canonical);
    expect(read(canonical)).toBe(canonical);
  });

  test.each([
    ['10.0.0.5/8', '! has bits set behind the prefix; the network is 10.0.0.0/8'],
    ['2001:db8::1/32', '! has bits set behind the prefix; the network is 2001:db8::/32'],
    ['::ffff:1.2.3.4/80', '! has bits set behind the prefix; the network is ::/80'],
    ['10.0.0.0/33', '! must have a prefix length from 0 to 32 after the slash'],
    ['2001:db8::/129', '! must have a prefix length from 0 to 128 after the slash'],
    ...['10.0.0.0/', '10.0.0.0/08', '10.0.0.0/-1', '10.0.0.0/8x', '10.0.0.0/ 8'].map((text) => [
      text,
      '! must have a prefix length from 0 to 32 after the slash',
    ]),
    ...['', '10', '10.1', '0x7f.1', '010.0.0.1', '1.2.3.4.5', '1.2.3.256', ' 1.2.3.4', ':::'].map(
      (text) => [text, '! must be an IPv4 or IPv6 address or a CIDR network'],
    ),
  ])('%j: %s', (text, problem) => {
    expect(read(text)).toBe(problem);
  });

  test('an address is the same however it is spelled', () => {
    expect(parseAddress('::ffff:1.2.3.4')).toEqual(parseAddress('1.2.3.4'));
    expect(parseAddress('fe80::1%eth0')).toEqual(parseAddress('FE80:0::1'));
    expect(parseAddress('1.2.3.4:5678')).toBeNull();
    expect(parseAddress('unknown')).toBeNull();
    expect(addressText(parseAddress('2001:db8::0:1')!)).toBe('2001:db8::1');
  });
});

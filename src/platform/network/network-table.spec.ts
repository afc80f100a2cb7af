import { parseAddress, parseNetwork } from './address';
import { NetworkTable } from './network-table';

function tableOf(...networks: string[]): NetworkTable<string> {
  const table = new NetworkTable<string>();
  for (const network of networks) table.set(parseNetwork(network), network);
  return table;
}

const any = () => true;

describe('a table of networks', () => {
  const table = tableOf('10.0.0.0/8', '10.1.2.0/24', '10.1.2.3', '2001:db8::/32', '2001:db8::1');

  test.each([
    ['10.200.0.1', '10.0.0.0/8'],
    ['10.1.2.9', '10.1.2.0/24'],
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['11.0.0.0', null],
    ['2001:db8:ffff::', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:db9::', null],
    ['::10.1.2.3', null],
  ])('%s is found in %s', (address, network) => {
    expect(table.find(parseAddress(address)!, any)).toBe(network);
  });

  test('what is not accepted lets a wider network answer', () => {
    const address = parseAddress('10.1.2.3')!;
    expect(table.find(address, (network) => network !== '10.1.2.3')).toBe('10.1.2.0/24');
    expect(table.find(address, () => false)).toBeNull();
  });

  test('the whole of one version is nothing of the other', () => {
    expect(tableOf('0.0.0.0/0').find(parseAddress('::1')!, any)).toBeNull();
    expect(tableOf('::/0').find(parseAddress('1.2.3.4')!, any)).toBeNull();
    expect(tableOf('0.0.0.0/0').find(parseAddress('255.255.255.255')!, any)).toBe('0.0.0.0/0');
  });

  test('knows whether it is empty', () => {
    expect([tableOf().isEmpty, table.isEmpty]).toEqual([true, false]);
  });
});

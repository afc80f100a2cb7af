import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { BlockList, isIP } from 'node:net';
import {
  addressText,
  NetworkTextError,
  parseAddress,
  parseNetwork,
} from '../../src/platform/network/address';
import { NetworkTable } from '../../src/platform/network/network-table';
import { RangeListBuilder } from '../../src/platform/network/range-list';

/** F-08, P tier: 100,000 texts for the parser alone. */
const RUNS = 100_000;
const FAMILIES = ['ipv4', 'ipv6'] as const;

const piece = fc.constantFrom(
  ...['0', '1', '10', '255', '256', '010', 'ffff', 'FFFF', 'db8', '.', ':', '::', '/', '%', '#'],
  ...['/0', '/8', '/32', '/33', '/96', '/128', '/129', '-', ' ', '\u0000', '\u0661', '2001', 'x'],
);
const nearly = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
const word = fc.integer({ min: 0, max: 0xffffffff });
const address = fc.oneof(
  word.map((one) => [one]),
  fc.array(word, { minLength: 4, maxLength: 4 }),
);
const network = fc.tuple(address, fc.nat(128)).map(([words, bits]) => {
  const text = addressText(words);
  const prefix = bits % (32 * words.length + 1);
  try {
    return parseNetwork(`${text}/${prefix}`);
  } catch (error) {
    return parseNetwork(/the network is (\S+)$/.exec((error as Error).message)![1]!);
  }
});

/** What the parser did with a text that it must not do; null is as it should be. */
function flaw(text: string): string | null {
  const known = isIP(text.split('%', 1)[0]!) !== 0;
  if ((parseAddress(text) !== null) !== known) return 'disagrees with Node on what an address is';
  try {
    const read = parseNetwork(text);
    const again = parseNetwork(read.text);
    const same = again.text === read.text && again.prefix === read.prefix;
    return same && again.first.join() === read.first.join() ? null : `reads ${again.text} again`;
  } catch (error) {
    return error instanceof NetworkTextError ? null : String(error);
  }
}

describe('F-08 addresses and networks', () => {
  test('F-08 no text throws anything but the error type, and what is read is read again the same', () => {
    const text = fc.oneof(
      nearly,
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.ipV4(),
      fc.ipV6(),
    );
    const check = fc.check(
      fc.property(text, (given) => flaw(given) === null),
      { numRuns: RUNS },
    );
    expect([check.counterexample, check.numRuns]).toEqual([null, RUNS]);
  });

  test('F-08 twin: a parser that trusts the library alone is found out', () => {
    const loose = (given: string) => (ipaddr.isValid(given) ? isIP(given) !== 0 : true);
    const check = fc.check(fc.property(nearly, loose), { numRuns: RUNS });
    expect(check.failed).toBe(true);
  });

  test('F-08 table and merged ranges agree with the one of Node on who is inside', async () => {
    const property = fc.asyncProperty(
      fc.array(network, { maxLength: 40 }),
      fc.array(address, { minLength: 1, maxLength: 20 }),
      async (networks, strangers) => {
        const table = new NetworkTable<string>();
        // One for each version: Node also compares across them, which is not meant here.
        const theirs = [new BlockList(), new BlockList()] as const;
        const builders = [new RangeListBuilder(1), new RangeListBuilder(4)] as const;
        for (const one of networks) {
          const version = one.first.length === 1 ? 0 : 1;
          theirs[version].addSubnet(addressText(one.first), one.prefix, FAMILIES[version]);
          table.set(one, one.text);
          builders[version].add(one);
        }
        const lists = [await builders[0].build(), await builders[1].build()] as const;
        for (const given of [...strangers, ...networks.map(({ first }) => first)]) {
          const text = addressText(given);
          const words = parseAddress(text)!;
          const version = words.length === 1 ? 0 : 1;
          const expected = theirs[version].check(text, FAMILIES[version]);
          const found = [table.find(words, () => true) !== null, lists[version].has(words)];
          if (found.some((inside) => inside !== expected))
            throw new Error(`${text}: ${found.join()}`);
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});

import { Resolver } from 'node:dns/promises';

/** Finds the addresses of a name. */
export abstract class NameResolver {
  /** Every address of a name, at least one. @throws when there is none, or nobody answers */
  abstract resolve(name: string): Promise<readonly string[]>;
}

const TIMEOUT_MS = 2_000;
const TRIES = 2;
/** Never asked of anybody (RFC 6761, 6.3). */
const LOCALHOST = /^(.+\.)?localhost\.?$/i;

/**
 * Asks the name servers of this machine. Not the resolver of the C library: that one occupies a
 * thread of the pool which reads files, for as long as a hostile name server likes to be silent.
 */
export class DnsResolver extends NameResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });

  async resolve(name: string): Promise<readonly string[]> {
    if (LOCALHOST.test(name)) return ['127.0.0.1'];
    const answers = await Promise.allSettled([
      this.resolver.resolve4(name),
      this.resolver.resolve6(name),
    ]);
    const addresses = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (addresses.length > 0) return addresses;
    throw answers.find((one) => one.status === 'rejected')?.reason ?? new Error('no address');
  }
}

/** What is known of a client's network. `unknown` is never to be taken for `clean`. */
export type NetworkJudgement = 'clean' | 'vpn' | 'unknown';

/** Tells whether an address belongs to a VPN or a proxy. */
export abstract class NetworkPolicy {
  /** Whether there is anything to judge by; without, every answer is `unknown`. */
  abstract readonly configured: boolean;

  /** Answers at once, from memory. `unknown` also for what is no address. */
  abstract judge(ip: string | null): NetworkJudgement;
}

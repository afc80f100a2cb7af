/** Tells the country of an address, offline. */
export abstract class Countries {
  /**
   * The ISO 3166-1 code of two capital letters; null for what is unknown, private or no address.
   * Answers at once, from memory.
   */
  abstract of(ip: string | null): string | null;
}

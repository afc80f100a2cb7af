const DAY_MS = 86_400_000;

export interface SharingWatch {
  /** Addresses a licence may be used from within a day; 0 is off. */
  readonly threshold: number;
  /** When sharing was last told. */
  readonly notedAt: Date | null;
  readonly now: Date;
}

/** Whether it is worth counting: sharing is told once a day. */
export function watchesSharing({ threshold, notedAt, now }: SharingWatch): boolean {
  return threshold > 0 && (notedAt === null || now.getTime() - notedAt.getTime() >= DAY_MS);
}

/** Whether so many addresses within a day are more than one customer has (S-17). */
export function suspectsSharing(watch: SharingWatch, addresses: number): boolean {
  return watchesSharing(watch) && addresses > watch.threshold;
}

/** The two log channels of a gateway [doc 003]. */
export type Channel = 'granted' | 'refused';

/** What a log channel is told of one attempt; never a whole key. */
export interface AttemptNotice {
  /** `granted`, or the sentence of the refusal. */
  readonly outcome: string;
  readonly product: string | null;
  readonly version: string | null;
  readonly maskedKey: string | null;
  readonly address: string | null;
  readonly hwid: string | null;
  /** Name of the licence's owner. */
  readonly owner: string | null;
  readonly requestId: string;
}

import { aSeller } from '../factories';
import type { Contract } from '../security/contract';
import { aWorld, GoodRequest, goodRequest, requests, World } from '../security/support';

export type Request = ReturnType<typeof requests>[number];

/** A world of its own seller. */
export async function newWorld(url: string): Promise<World> {
  return aWorld(await aSeller(url));
}

/** A contract whose good bodies hold only what no example can give: credentials, free names. */
export function withoutExamples(contract: Contract): Contract {
  return Object.create(contract, { minimal: { value: () => ({}) } }) as Contract;
}

/** One world for many requests, which is made anew when it can no longer be prepared for one. */
export class SharedWorld {
  private current: World | null = null;

  constructor(private readonly url: string) {}

  async good(contract: Contract, kind: Request): Promise<GoodRequest> {
    this.current ??= await newWorld(this.url);
    try {
      return await goodRequest(contract, kind, this.current);
    } catch {
      // A second factor that is set up already, for example.
      this.current = await newWorld(this.url);
      return goodRequest(contract, kind, this.current);
    }
  }
}

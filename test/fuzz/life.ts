import { anApp } from '../factories';
import { Contract, Route } from '../security/contract';
import { goodRequest, inject, Injected, requests, World } from '../security/support';
import type { TestServer } from '../support/server';
import { madeId, Resource, resourcesOf } from './resources';
import { Tally } from './run';
import type { Request } from './worlds';

/** One step of a sequence; `at` picks among what is there, modulo. */
export interface Step {
  readonly act: Act;
  readonly resource: number;
  readonly at: number;
}

export const ACTS = [
  'create',
  'use',
  'remove',
  'use removed',
  'as stranger',
  'as nobody',
  'under another parent',
  'by another kind of name',
  'create badly',
] as const;
export type Act = (typeof ACTS)[number];

interface Thing {
  readonly resource: Resource;
  readonly id: string;
  alive: boolean;
}

/** What all sequences stand on. */
export interface Ground {
  readonly server: TestServer;
  readonly contract: Contract;
  readonly resources: readonly Resource[];
  /** Every kind of request by its name. */
  readonly kinds: ReadonlyMap<string, Request>;
  /** Somebody else, with things of their own. */
  readonly stranger: World;
  readonly tally: Tally;
}

export function groundOf(server: TestServer, contract: Contract, stranger: World): Ground {
  const kinds = new Map(requests(contract).map((kind) => [kind.name, kind]));
  const resources = resourcesOf(contract);
  return { server, contract, resources, kinds, stranger, tally: new Tally() };
}

/** The things one principal made in one sequence, and what must be true of them. */
export class Life {
  private readonly things: Thing[] = [];
  private readonly tally: Tally;

  constructor(
    private readonly ground: Ground,
    /** Whose things they are, and a second application of theirs. */
    private readonly owner: World,
    private readonly second: World,
  ) {
    this.tally = ground.tally;
  }

  async step({ act, resource, at }: Step): Promise<void> {
    const kind = this.ground.resources[resource % this.ground.resources.length]!;
    if (act === 'create') return this.create(kind);
    if (act === 'create badly') return this.createBadly(kind);
    const alive = act !== 'use removed';
    const candidates = this.things.filter((thing) => thing.alive === alive);
    const thing = candidates[at % candidates.length];
    if (!thing) return this.create(kind);
    if (act === 'use') return this.use(thing, at);
    if (act === 'remove') return this.remove(thing);
    const route = this.routesOf(thing)[at % this.routesOf(thing).length]!;
    await this.refused(act, route, thing);
  }

  /** Removes what is left, so that sequences do not add up. */
  async end(): Promise<void> {
    for (const thing of this.things) if (thing.alive) await this.remove(thing);
  }

  private routesOf({ resource: { read, remove, uses } }: Thing): Route[] {
    return [read, remove, ...uses].filter((route) => route !== undefined);
  }

  private async send(route: Route, ids: object, as: World, who = as): Promise<Injected> {
    const request = this.ground.kinds.get(route.key)!;
    const world = { ...as, ids: { ...as.ids, ...ids } };
    const good = await goodRequest(this.ground.contract, request, world);
    const { token, headers } =
      who === as ? good : await goodRequest(this.ground.contract, { ...request, name: '' }, who);
    this.tally.sent++;
    return inject(this.ground.server, route.method, good.path, { token, headers, body: good.body });
  }

  private found(flaw: string, { resource, id }: Thing, { status, text }: Injected): void {
    this.tally.found(`${resource.collection}: ${flaw}`, `${id}: ${status} ${text}`);
  }

  private async create(resource: Resource): Promise<void> {
    const answer = await this.send(resource.create, {}, this.owner);
    if (answer.status !== 201) {
      return this.tally.found(`${resource.create.key}: ${answer.status}`, answer.text);
    }
    const thing = { resource, id: madeId(resource, answer.body as object), alive: true };
    this.things.push(thing);
    await this.mustBe('readable at once', thing);
  }

  /** A refused creation leaves nothing in the list. */
  private async createBadly({ create, list }: Resource): Promise<void> {
    const count = async () => {
      if (!list) return 0;
      const { body } = await this.send(list, {}, this.owner);
      return (body.pagination?.total as number | undefined) ?? (body.data as unknown[]).length;
    };
    const before = await count();
    const request = this.ground.kinds.get(create.key)!;
    const good = await goodRequest(this.ground.contract, request, this.owner);
    const [first] = Object.keys(request.schema?.properties ?? {});
    const body = { ...good.body, [first!]: [5.5] };
    const answer = await inject(this.ground.server, 'POST', good.path, { ...good, body });
    this.tally.sent++;
    if (answer.status !== 400 || (await count()) !== before) {
      this.tally.found(`${create.key}: a refused creation left something`, answer.text);
    }
  }

  private async use(thing: Thing, at: number): Promise<void> {
    const { resource, id } = thing;
    const route = resource.uses[at % resource.uses.length];
    if (!route) return;
    const answer = await this.send(route, { [resource.param]: id }, this.owner);
    // A thing may be in a state that does not allow it; that it is there must not be denied.
    if (answer.status >= 500 || [401, 403, 404].includes(answer.status)) {
      this.found(`${route.key} of a living one: ${answer.status}`, thing, answer);
    }
  }

  private async remove(thing: Thing): Promise<void> {
    const { resource, id } = thing;
    if (!resource.remove) return;
    const answer = await this.send(resource.remove, { [resource.param]: id }, this.owner);
    if (answer.status >= 300) return this.found(`not removed: ${answer.status}`, thing, answer);
    thing.alive = false;
    await this.mustBe('gone at once', thing);
  }

  /** What the read and the list of a thing say. */
  private async mustBe(claim: string, thing: Thing): Promise<void> {
    const { resource, id, alive } = thing;
    const { read, list, param } = resource;
    if (read) {
      const answer = await this.send(read, { [param]: id }, this.owner);
      if (answer.status !== (alive ? 200 : 404)) this.found(`not ${claim}`, thing, answer);
    }
    if (list) {
      // Newest first, so a page is enough for what was just made.
      const answer = await this.send(list, {}, this.owner);
      if (answer.text.includes(id) !== alive) this.found(`not ${claim} in the list`, thing, answer);
    }
  }

  /** Things removed, of others, under other parents, of other kinds: all answer like missing ones. */
  private async refused(act: Act, route: Route, thing: Thing): Promise<void> {
    const { param } = thing.resource;
    const ids = { [param]: thing.id };
    const parent = this.second.ids['appId']!;
    const hasParent = route.params.includes('appId') && param !== 'appId';
    if (act === 'under another parent' && !hasParent) return;
    const answer = await (() => {
      if (act === 'as stranger') return this.send(route, ids, this.owner, this.ground.stranger);
      if (act === 'under another parent')
        return this.send(route, { ...ids, appId: parent }, this.owner);
      if (act === 'by another kind of name')
        return this.send(route, this.misnamed(thing), this.owner);
      if (act === 'as nobody') return this.asNobody(route, ids);
      return this.send(route, ids, this.owner);
    })();
    const expected = act === 'as nobody' ? 401 : 404;
    const echoes = answer.text.includes(thing.id);
    if (answer.status !== expected || echoes) this.found(`${route.key} ${act}`, thing, answer);
    if (thing.alive && act !== 'by another kind of name') await this.mustBe('untouched', thing);
  }

  /** The id of another thing of ours where this one's is asked for, with and without its prefix. */
  private misnamed({ resource: { param }, id }: Thing): Record<string, string> {
    const others = Object.entries(this.owner.ids).filter(([name]) => name !== param);
    const [, other] = others[id.charCodeAt(id.length - 1) % others.length]!;
    const prefix = /^[a-z]+_/.exec(id)?.[0] ?? '';
    return { [param]: prefix === '' ? other : prefix + other.replace(/^[a-z]+_/, '') };
  }

  private async asNobody(route: Route, ids: object): Promise<Injected> {
    const request = this.ground.kinds.get(route.key)!;
    const world = { ...this.owner, ids: { ...this.owner.ids, ...ids } };
    const { path, body } = await goodRequest(this.ground.contract, { ...request, name: '' }, world);
    this.tally.sent++;
    return inject(this.ground.server, route.method, path, { body });
  }
}

/** The same seller's world, with another application in place of the first. */
export async function secondWorld(owner: World): Promise<World> {
  const app = await anApp(owner.seller);
  return { ...owner, app, ids: { ...owner.ids, appId: app.id } };
}

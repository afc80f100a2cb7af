import {
  applyDecorators,
  CallHandler,
  ExecutionContext,
  Inject,
  Injectable,
  NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, Observable } from 'rxjs';
import type { Config } from '../../config';
import { DomainError, Principal } from '../../kernel';
import { CONFIG } from '../config-token';
import { Transactions } from '../database';
import { IdempotencyErrors, keyInUse } from './idempotency.errors';
import { IdempotencyStore } from './idempotency.repository';
import { KeyTurns } from './key-turns';
import { invalidInput } from './validation';

const KEY = /^[\x21-\x7e]{1,255}$/;

const IDEMPOTENT = 'latchkey:idempotent';

interface Marked {
  /** Whether the handler answers with something `Prepared`. */
  readonly prepares: boolean;
}

/**
 * What a handler returns that had something slow to do first (a hash, a name server): the rest, which changes
 * something. Only this runs in the transaction of an Idempotency-Key, so that no connection is held meanwhile.
 */
export class Prepared {
  constructor(readonly finish: () => Promise<unknown>) {}
}

interface Claim {
  readonly scope: string;
  readonly key: string;
  readonly digest: Buffer;
}

type Outcome = { readonly answer: unknown } | { readonly refusal: DomainError };

/** Whose keys they are: two callers may use the same one. */
function scopeOf(principal: Principal | undefined): string | null {
  if (principal?.kind === 'seller') return `seller:${principal.sellerId}`;
  if (principal?.kind === 'reseller') return `reseller:${principal.resellerId}`;
  return null;
}

/** Lets a POST of a seller or reseller be repeated safely, and documents it. */
export function Idempotent(marked: Marked = { prepares: false }): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, marked),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Up to 255 visible ASCII characters. A repeat with the same key and body within 24 hours has no second effect and answers the first answer again.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    }),
  );
}

/**
 * `Idempotency-Key` on a seller's POST: the answer is remembered in the transaction of the effect
 * itself, so after a crash either both exist or neither does. Failures are not remembered; a
 * refusal that stands leaves its record, and the key free. A repeat waits for the first as long as
 * for a locked row, then it is told that the key is in use.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly turns = new KeyTurns();

  constructor(
    private readonly transactions: Transactions,
    private readonly store: IdempotencyStore,
    private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    const marked = this.reflector.get<Marked | undefined>(IDEMPOTENT, context.getHandler());
    const scope = scopeOf(request.principal);
    if (!marked) return next.handle();
    if (key === undefined || !scope) return defer(() => whole(next));
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw invalidInput([
        { field: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' },
      ]);
    }
    const digest = this.store.digest(scope, [request.url, request.body ?? null]);
    const claim = { scope, key, digest };
    const reply = http.getResponse<FastifyReply>();
    const once = async () => {
      const prepare = marked.prepares && !(await this.store.holds(scope, key));
      return this.once(claim, prepare ? await prepared(next) : () => whole(next), reply);
    };
    const patienceMs = this.config.DATABASE_LOCK_TIMEOUT_MS;
    return defer(() => this.turns.take(`${scope} ${key}`, patienceMs, keyInUse, once));
  }

  private async once(
    { scope, key, digest }: Claim,
    effect: () => Promise<unknown>,
    reply: FastifyReply,
  ): Promise<unknown> {
    const outcome = await this.transactions.run(async (): Promise<Outcome> => {
      if (await this.store.claim(scope, key, digest)) {
        const made = await settled(effect);
        if ('refusal' in made) await this.store.release(scope, key);
        else await this.store.remember(scope, key, JSON.stringify(made.answer));
        return made;
      }
      const earlier = await this.store.recall(scope, key);
      if (!earlier.requestHash.equals(digest)) throw IdempotencyErrors.IDEMPOTENCY_KEY_REUSED();
      void reply.header('idempotency-replayed', 'true');
      return { answer: JSON.parse(earlier.answer) as unknown };
    });
    // Thrown here, after the commit: what a refusal recorded must not be rolled back.
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.answer;
  }
}

/** What the handler answered, or the refusal it spelled; throws whatever else it threw. */
async function settled(effect: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await effect() };
  } catch (error) {
    if (error instanceof DomainError && error.details.stands) return { refusal: error };
    throw error;
  }
}

/** Runs the slow part of a handler that prepares; what is left to do. */
async function prepared(next: CallHandler): Promise<() => Promise<unknown>> {
  const made = await lastValueFrom<unknown>(next.handle());
  if (made instanceof Prepared) return made.finish;
  throw new Error('a handler that prepares answered without Prepared');
}

/** Runs a handler, all of it. */
async function whole(next: CallHandler): Promise<unknown> {
  const made = await lastValueFrom<unknown>(next.handle());
  return made instanceof Prepared ? made.finish() : made;
}

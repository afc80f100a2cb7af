import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CommonErrors, parseUuid } from '../../kernel';
import { ClientApps } from '../../modules/apps';
import { CheckedSession, ClientSessions } from '../../modules/client-access';
import {
  ErrorResponder,
  invalidInput,
  originOf,
  sendContent,
  validateInput,
} from '../../platform/http';
import { ClientThrottle, Hit } from '../../platform/rate-limit';
import { CredentialsDto } from './authon-dispatch.dto';
import { encodeCheck } from './authon-dispatch.encode';
import { BAD_APP_CREDENTIALS, REFUSALS, SpelledRefusal } from './authon-dispatch.errors';
import { DispatchOperations, isContent } from './authon-dispatch.operations';

/** The fields by which any request is routed; nothing else is known of them yet. */
interface Dispatched {
  readonly type?: unknown;
  readonly appId?: unknown;
  readonly apiKey?: unknown;
  readonly sessionToken?: unknown;
}

/** What the limiter calls every `appId` that is no id; each by itself would be a window of its own. */
const NO_APP = 'none';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * `POST /v1` as a route of Fastify itself: heartbeats come here by the thousand, and Nest's
 * pipeline and the validator would cost more than the work (ADR 2).
 */
@Injectable()
export class AuthonDispatchRoute {
  /** The bytes for a remembered session: the same until it is forgotten. */
  private readonly answers = new WeakMap<CheckedSession, string>();

  constructor(
    private readonly operations: DispatchOperations,
    private readonly apps: ClientApps,
    private readonly sessions: ClientSessions,
    private readonly throttle: ClientThrottle,
    private readonly responder: ErrorResponder,
  ) {}

  register(fastify: FastifyInstance): void {
    fastify.post('/v1', (request, reply) => {
      const beat = this.heartbeat(request);
      // Without a shared limiter the answer is there at once, and no promise stands in its way.
      if (typeof beat === 'string') return this.sendBeat(reply, beat);
      return this.answer(beat, request, reply).catch((error: unknown) => {
        this.responder.respond(error, request, reply);
        return reply;
      });
    });
  }

  private async answer(
    beat: Promise<string | null> | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const answer = beat && (await beat);
    return answer === null ? this.dispatch(request, reply) : this.sendBeat(reply, answer);
  }

  private sendBeat(reply: FastifyReply, answer: string): FastifyReply {
    reply.quiet = true;
    return reply.header('content-type', JSON_TYPE).send(answer);
  }

  /**
   * The answer to a `check` that memory alone can grant. Anything unusual (a bad field, a stale
   * session, a full limiter) answers null and takes the long way, which words it. A promise only
   * where the limiter's store must be asked.
   */
  private heartbeat(request: FastifyRequest): string | null | Promise<string | null> {
    const body = request.body as Dispatched | null | undefined;
    if (body?.type !== 'check') return null;
    const { appId, apiKey, sessionToken } = body;
    if (typeof appId !== 'string' || typeof apiKey !== 'string') return null;
    if (typeof sessionToken !== 'string') return null;
    const app = this.apps.remembered(appId, apiKey);
    if (!app) return null;
    const session = this.sessions.checkRemembered(app, sessionToken, request.ip);
    if (!session) return null;
    const hit = this.throttle.hit(app.id, request.ip, false);
    if (hit instanceof Promise) return hit.then((late) => this.encoded(session, late));
    return this.encoded(session, hit);
  }

  private encoded(session: CheckedSession, { allowed }: Hit): string | null {
    if (!allowed) return null;
    let answer = this.answers.get(session);
    if (answer === undefined) {
      answer = JSON.stringify(encodeCheck(session));
      this.answers.set(session, answer);
    }
    return answer;
  }

  private async dispatch(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // No body is an empty one: the answer then names the fields it lacks.
    const body = (request.body === undefined ? {} : request.body) as Dispatched;
    const { appId, apiKey } = validateInput(CredentialsDto, body, 'drop');
    const { type } = body;
    const operation = typeof type === 'string' ? this.operations.all.get(type) : undefined;
    if (!operation) throw invalidInput([{ field: 'type', message: this.expectedTypes() }]);
    await this.limitUnknown(appId, apiKey, request.ip);
    // An id counts as the one it is, however it is spelled.
    const hit = await this.throttle.hit(parseUuid(appId) ?? NO_APP, request.ip, operation.signIn);
    if (!hit.allowed) throw CommonErrors.RATE_LIMITED(hit);
    const perform = operation.decode(body);
    const app = await this.apps.authenticate(appId, apiKey);
    if (!app) return this.refuse(request, reply, BAD_APP_CREDENTIALS);
    const verdict = await perform(app, originOf(request));
    if (verdict.granted) {
      const { value } = verdict;
      return isContent(value) ? sendContent(request, reply, value) : reply.send(value);
    }
    return this.refuse(request, reply, REFUSALS[verdict.code], verdict.facts);
  }

  /** Credentials that must be looked up are limited per address, whatever application they name. */
  private async limitUnknown(appId: string, apiKey: string, ip: string): Promise<void> {
    if (this.apps.remembered(appId, apiKey)) return;
    const hit = await this.throttle.hit('looked up', ip, false);
    if (!hit.allowed) throw CommonErrors.RATE_LIMITED(hit);
  }

  private refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, message, code }: SpelledRefusal,
    facts: Readonly<Record<string, unknown>> = {},
  ): FastifyReply {
    const { retryAfterSeconds } = facts;
    if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', retryAfterSeconds);
    return reply.status(status).send({ success: false, message, code, requestId: request.id });
  }

  private expectedTypes(): string {
    return `must be one of ${[...this.operations.all.keys()].join(', ')}`;
  }
}

import { Injectable } from '@nestjs/common';
import {
  CommonErrors,
  Page,
  PageRequest,
  Scope,
  SellerPrincipal,
  SignedInSellerCaller,
} from '../../../kernel';
import { newId, randomToken, sha256 } from '../../../platform/crypto';
import { Transactions } from '../../../platform/database';
import { AuditAction, AuditTrail } from '../../audit';
import { SellerErrors } from '../domain/sellers.errors';
import type { ApiTokenEntity } from '../entities/api-token.entity';
import { ApiTokensRepository } from './api-tokens.repository';

export type ApiToken = Omit<ApiTokenEntity, 'tokenHash'>;

export interface NewApiTokenInput {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null never expires. */
  readonly expiresAt: Date | null;
}

/** What every API token begins with. */
export const API_TOKEN_PREFIX = 'lk_';
const SECRET_BYTES = 32;
const TAIL = 4;

/** API tokens of sellers: credentials for programs, bounded by scopes and time (D-A19). */
@Injectable()
export class ApiTokens {
  constructor(
    private readonly transactions: Transactions,
    private readonly tokens: ApiTokensRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Makes a token; it is told this once, and stored as a hash.
   * @throws INVALID_INPUT when it would expire in the past
   */
  create(
    input: NewApiTokenInput,
    caller: SignedInSellerCaller,
  ): Promise<ApiToken & { readonly token: string }> {
    const token = API_TOKEN_PREFIX + randomToken(SECRET_BYTES);
    const { name, scopes, expiresAt } = input;
    return this.transactions.run(async () => {
      const made = await this.tokens.insert({
        id: newId(),
        sellerId: caller.seller.sellerId,
        name,
        scopes: [...scopes],
        expiresAt,
        tokenHash: sha256(token),
        tokenTail: token.slice(-TAIL),
      });
      if (!made) throw inThePast();
      this.record('api-token.create', made.id, caller, { name, scopes, expiresAt });
      return { ...made, token };
    });
  }

  list(caller: SignedInSellerCaller, request: PageRequest): Promise<Page<ApiToken>> {
    return this.tokens.list(caller.seller.sellerId, request);
  }

  /**
   * Revokes a token: the next request that shows it, on any process, is refused.
   * @throws API_TOKEN_NOT_FOUND
   */
  async revoke(id: string, caller: SignedInSellerCaller): Promise<void> {
    await this.transactions.run(async () => {
      const revoked = await this.tokens.delete(caller.seller.sellerId, id);
      if (!revoked) throw SellerErrors.API_TOKEN_NOT_FOUND();
      this.record('api-token.revoke', id, caller, { name: revoked.name });
    });
  }

  /** The seller for whom a live token speaks, or null. Asks the database each time. */
  async authenticate(token: string): Promise<SellerPrincipal | null> {
    const live = await this.tokens.findLive(sha256(token));
    if (!live) return null;
    const { id, sellerId, scopes } = live;
    return { kind: 'seller', sellerId, sessionId: null, token: { id, scopes } };
  }

  private record(
    action: AuditAction,
    id: string,
    caller: SignedInSellerCaller,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const { sellerId } = caller.seller;
    this.audit.record({
      sellerId,
      actor: { kind: 'seller', id: sellerId },
      action,
      target: { kind: 'api-token', id },
      origin: caller,
      details,
    });
  }
}

function inThePast() {
  const problem = { field: 'expiresAt', message: 'must be in the future' };
  const message = `${problem.field}: ${problem.message}`;
  return CommonErrors.INVALID_INPUT({ message, problems: [problem] });
}

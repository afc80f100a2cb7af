import { Injectable } from '@nestjs/common';
import { parseUuid } from '../../kernel';
import { equalBytes, KeyRing } from '../../platform/crypto';

export interface RefreshTokenParts {
  readonly sessionId: string;
  readonly generation: number;
  readonly proof: Buffer;
}

const ID_BYTES = 16;
const NUMBER_BYTES = 4;
const PROOF_BYTES = 32;

/**
 * Refresh tokens that are computed, not stored: sign-in, number, and a 256-bit proof under a
 * server key and the sign-in's secret. The same number always yields the same token, which is what
 * lets a client that lost an answer ask again, and an old token be recognised for what it is.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly keys: KeyRing) {}

  issue(sessionId: string, generation: number, secret: Buffer): string {
    const head = this.head(sessionId, generation);
    return Buffer.concat([head, this.proof(head, secret)]).toString('base64url');
  }

  /** The parts of a well-formed token, their proof not yet checked; null for any other text. */
  parse(token: string): RefreshTokenParts | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== ID_BYTES + NUMBER_BYTES + PROOF_BYTES) return null;
    const hex = bytes.toString('hex', 0, ID_BYTES);
    const sessionId = parseUuid(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
    if (sessionId === null) return null;
    return {
      sessionId,
      generation: bytes.readUInt32BE(ID_BYTES),
      proof: bytes.subarray(ID_BYTES + NUMBER_BYTES),
    };
  }

  isGenuine(parts: RefreshTokenParts, secret: Buffer): boolean {
    return equalBytes(
      parts.proof,
      this.proof(this.head(parts.sessionId, parts.generation), secret),
    );
  }

  private head(sessionId: string, generation: number): Buffer {
    const head = Buffer.alloc(ID_BYTES + NUMBER_BYTES);
    head.write(sessionId.replaceAll('-', ''), 'hex');
    head.writeUInt32BE(generation, ID_BYTES);
    return head;
  }

  private proof(head: Buffer, secret: Buffer): Buffer {
    return this.keys.mac('refresh-token', head, secret);
  }
}

import { Injectable } from '@nestjs/common';
import type { Origin, Verdict } from '../../kernel';
import type { ClientApp } from '../../modules/apps';
import { ClientAccess, ClientLife, ClientRefusal } from '../../modules/client-access';
import { Envelope, validateInput } from '../../platform/http';
import {
  CheckDto,
  InitDto,
  LicenseDto,
  LoginDto,
  LogoutDto,
  RegisterDto,
} from './authon-dispatch.dto';
import * as encode from './authon-dispatch.encode';

/** One `type` of request: what it takes, and what it does with an established application. */
export interface Operation {
  readonly dto: new () => object;
  /** Whether it tests a secret, for the narrow rate limit (D-A21). */
  readonly signIn: boolean;
  /** Validates the body; throws INVALID_INPUT. The returned function performs the request. */
  readonly decode: (
    body: unknown,
  ) => (app: ClientApp, origin: Origin) => Promise<Verdict<Envelope<object>, ClientRefusal>>;
}

function operation<D extends object, V>(
  dto: new () => D,
  signIn: boolean,
  verb: (app: ClientApp, input: D, origin: Origin) => Promise<Verdict<V, ClientRefusal>>,
  encoder: (value: V) => Envelope<object>,
): Operation {
  return {
    dto,
    signIn,
    decode: (body) => {
      const input = validateInput(dto, body, 'drop');
      return async (app, origin) => {
        const verdict = await verb(app, input, origin);
        return verdict.granted ? { granted: true, value: encoder(verdict.value) } : verdict;
      };
    },
  };
}

/** Every `type` that `POST /v1` answers; a new one is one line here. */
@Injectable()
export class DispatchOperations {
  readonly all: ReadonlyMap<string, Operation>;

  constructor(access: ClientAccess, life: ClientLife) {
    this.all = new Map<string, Operation>([
      [
        'init',
        operation(
          InitDto,
          false,
          (app, { hash }, origin) => access.init(app, hash ?? null, origin),
          encode.encodeInit,
        ),
      ],
      [
        'login',
        operation(
          LoginDto,
          true,
          (app, input, origin) => access.login(app, withHwid(input), origin),
          encode.encodeLogin,
        ),
      ],
      [
        'register',
        operation(
          RegisterDto,
          true,
          (app, input, origin) => access.register(app, withHwid(input), origin),
          encode.encodeRegister,
        ),
      ],
      [
        'license',
        operation(
          LicenseDto,
          true,
          (app, input, origin) => access.useKey(app, withHwid(input), origin),
          encode.encodeLicense,
        ),
      ],
      [
        'check',
        operation(
          CheckDto,
          false,
          (app, { sessionToken }, origin) => life.check(app, sessionToken, origin),
          encode.encodeCheck,
        ),
      ],
      [
        'logout',
        operation(
          LogoutDto,
          false,
          (app, { sessionToken }, origin) => life.logout(app, sessionToken, origin),
          encode.encodeLogout,
        ),
      ],
    ]);
  }
}

/** SDKs send no HWID as absent, null or empty alike. */
function withHwid<T extends { hwid?: string | null }>(input: T): T & { hwid: string | null } {
  return { ...input, hwid: input.hwid || null };
}

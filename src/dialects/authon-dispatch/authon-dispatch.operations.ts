import { Injectable } from '@nestjs/common';
import type { FieldProblem, Origin, Verdict } from '../../kernel';
import type { ClientApp } from '../../modules/apps';
import {
  ClientAccess,
  ClientData,
  ClientFiles,
  ClientLife,
  ClientLookups,
  ClientReferrals,
  ClientRefusal,
  ClientVerdict,
  FileDownload,
  FileLink,
  WhichFile,
} from '../../modules/client-access';
import { CHANNEL_DEFAULT } from '../../modules/files';
import { Content, Envelope, invalidInput, validateInput } from '../../platform/http';
import { parseAddress } from '../../platform/network';
import {
  CheckBlacklistDto,
  CheckDto,
  FetchOnlineDto,
  FetchStatsDto,
  FileDto,
  GetVarDto,
  InitDto,
  LicenseDto,
  ListFilesDto,
  LogDto,
  LoginDto,
  LogoutDto,
  RedeemReferralDto,
  RegisterDto,
  SetVarDto,
  VarDto,
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
  ) => (app: ClientApp, origin: Origin) => Promise<Verdict<Answer, ClientRefusal>>;
}

/** What a grant sends: a body, or for `file` the bytes themselves. */
type Answer = Envelope<object> | Content;

/** Whether an answer is a file rather than a body. */
export function isContent(answer: Answer): answer is Content {
  return 'read' in answer;
}

function operation<D extends object, V>(
  dto: new () => D,
  signIn: boolean,
  verb: (app: ClientApp, input: D, origin: Origin) => Promise<Verdict<V, ClientRefusal>>,
  encoder: (value: V) => Answer,
  problemsOf: (input: D) => readonly FieldProblem[] = () => [],
): Operation {
  return {
    dto,
    signIn,
    decode: (body) => {
      const input = validateInput(dto, body, 'drop');
      const problems = problemsOf(input);
      if (problems.length > 0) throw invalidInput(problems);
      return async (app, origin) => {
        const verdict = await verb(app, input, origin);
        return verdict.granted ? { granted: true, value: encoder(verdict.value) } : verdict;
      };
    },
  };
}

/** Every `type` that `POST /v1` answers; a new one is one entry here. */
@Injectable()
export class DispatchOperations {
  readonly all: ReadonlyMap<string, Operation>;

  constructor(
    access: ClientAccess,
    life: ClientLife,
    data: ClientData,
    referrals: ClientReferrals,
    lookups: ClientLookups,
    files: ClientFiles,
  ) {
    this.all = new Map<string, Operation>(
      Object.entries({
        ...signInOperations(access),
        ...sessionOperations(life),
        ...variableOperations(data),
        ...presenceOperations(data),
        ...referralOperations(referrals),
        ...lookupOperations(lookups),
        ...fileOperations(files),
      }),
    );
  }
}

type Operations = Readonly<Record<string, Operation>>;

const signInOperations = (access: ClientAccess): Operations => ({
  init: operation(
    InitDto,
    false,
    (app, { hash }, origin) => access.init(app, hash ?? null, origin),
    encode.encodeInit,
  ),
  login: operation(
    LoginDto,
    true,
    (app, input, origin) => access.login(app, withHwid(input), origin),
    encode.encodeLogin,
  ),
  register: operation(
    RegisterDto,
    true,
    (app, input, origin) => access.register(app, withHwid(input), origin),
    encode.encodeRegister,
  ),
  license: operation(
    LicenseDto,
    true,
    (app, input, origin) => access.useKey(app, withHwid(input), origin),
    encode.encodeLicense,
  ),
});

const sessionOperations = (life: ClientLife): Operations => ({
  check: operation(
    CheckDto,
    false,
    (app, { sessionToken }, origin) => life.check(app, sessionToken, origin),
    encode.encodeCheck,
  ),
  logout: operation(
    LogoutDto,
    false,
    (app, { sessionToken }, origin) => life.logout(app, sessionToken, origin),
    encode.encodeLogout,
  ),
});

const variableOperations = (data: ClientData): Operations => ({
  var: operation(
    VarDto,
    false,
    (app, { sessionToken, key }, origin) => data.readAppVariable(app, sessionToken, key, origin),
    encode.encodeVariable,
  ),
  setvar: operation(
    SetVarDto,
    false,
    (app, { sessionToken, ...variable }, origin) =>
      data.setVariable(app, sessionToken, variable, origin),
    encode.encodeVariableSet,
  ),
  getvar: operation(
    GetVarDto,
    false,
    (app, { sessionToken, key }, origin) => data.readVariable(app, sessionToken, key, origin),
    encode.encodeVariable,
  ),
});

const presenceOperations = (data: ClientData): Operations => ({
  log: operation(
    LogDto,
    false,
    (app, { sessionToken, message, logType = null }, origin) =>
      data.log(app, sessionToken || null, { message, type: logType }, origin),
    encode.encodeLogged,
  ),
  fetch_online: operation(
    FetchOnlineDto,
    false,
    (app, { sessionToken }, origin) => data.online(app, sessionToken, origin),
    encode.encodeOnline,
  ),
  fetch_stats: operation(
    FetchStatsDto,
    false,
    (app, { sessionToken }, origin) => data.figures(app, sessionToken, origin),
    encode.encodeFigures,
  ),
});

const referralOperations = (referrals: ClientReferrals): Operations => ({
  redeem_referral: operation(
    RedeemReferralDto,
    false,
    (app, { sessionToken, code }, origin) => referrals.redeem(app, sessionToken, code, origin),
    encode.encodeReward,
  ),
});

const lookupOperations = (lookups: ClientLookups): Operations => ({
  check_blacklist: operation(
    CheckBlacklistDto,
    false,
    (app, { ip, hwid }) => lookups.blacklist(app, { ip: ip || null, hwid: hwid || null }),
    encode.encodeBlacklist,
    blacklistProblems,
  ),
});

const fileOperations = (files: ClientFiles): Operations => ({
  list_files: operation(
    ListFilesDto,
    false,
    (app, { sessionToken }, origin) => files.list(app, sessionToken, origin),
    encode.encodeFiles,
  ),
  file: operation(
    FileDto,
    false,
    (app, input, origin): Promise<ClientVerdict<FileLink | FileDownload>> => {
      const { sessionToken, raw } = input;
      const bytes = raw ?? app.fileResponseMode === 'binary';
      const which = whichFile(input);
      return bytes
        ? files.open(app, sessionToken, which, origin)
        : files.link(app, sessionToken, which, origin);
    },
    (answer) => ('ticket' in answer ? encode.encodeFileLink(answer) : answer),
    ({ fileId, name }) =>
      fileId || name ? [] : [{ field: 'fileId', message: 'must be sent, or name' }],
  ),
});

function whichFile({ fileId, name, channel }: FileDto): WhichFile {
  return fileId ? { fileId } : { name: name!, channel: channel || CHANNEL_DEFAULT };
}

/** «`ip` and/or `hwid`, at least one» [doc]. */
function blacklistProblems({ ip, hwid }: CheckBlacklistDto): FieldProblem[] {
  if (!ip && !hwid) return [{ field: 'ip', message: 'must be sent, or hwid' }];
  const good = !ip || parseAddress(ip) !== null;
  return good ? [] : [{ field: 'ip', message: 'must be an IPv4 or IPv6 address' }];
}

/** SDKs send no HWID as absent, null or empty alike. */
function withHwid<T extends { hwid?: string | null }>(input: T): T & { hwid: string | null } {
  return { ...input, hwid: input.hwid || null };
}

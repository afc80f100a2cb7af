import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { publicId } from '../../../kernel';
import { Countries } from '../../../platform/geo';
import { Access, Answers, okPage } from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { AttemptLog, StoredAttempt } from '../attempt-log';
import { DenialsQuery, DenialView } from './denials.dto';

const sample: DenialView = {
  id: 'att_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  time: '2025-06-15T12:00:00.000Z',
  wire: 'authon',
  action: 'login',
  code: 'HWID_MISMATCH',
  rung: 'device is bound or fits',
  facts: { maxDevices: 1, boundDevices: 1, presentedDevice: true },
  username: 'john',
  key: null,
  hwid: 'HWID-A1B2',
  ip: '192.0.2.7',
  country: null,
  requestId: '4f1c0a9e2b00001a',
};

/** Why a client was denied (D-A19). */
@ApiTags('Client logs')
@Access('seller', 'logs')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/denials')
export class DenialsController {
  constructor(
    private readonly attempts: AttemptLog,
    private readonly countries: Countries,
  ) {}

  @Get()
  @Answers({
    summary: 'List the clients that were denied, and why, the newest first',
    description:
      'Every refused decision about a client, with the rung that objected and what mattered for it. Kept for `ATTEMPTS_KEEP_DAYS`; a refusal is listed a moment after it was answered.',
    data: DenialView,
    list: 'page',
    example: {
      success: true,
      data: [sample],
      pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
    },
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: DenialsQuery) {
    const { key: licenseKey, requestId, username, hwid, ...page } = query;
    const filter = {
      appId: app.id,
      outcome: 'refused',
      licenseKey,
      requestId,
      username,
      hwid,
    } as const;
    const found = await this.attempts.list(app.sellerId, filter, page);
    return okPage(found, (attempt) => present(attempt, this.countries.of(attempt.ip)));
  }
}

function present(attempt: StoredAttempt, country: string | null): DenialView {
  const { rung = null, blacklistEntry, ...others } = attempt.facts;
  const entry = typeof blacklistEntry === 'string' ? publicId('bl', blacklistEntry) : null;
  const facts = entry ? { ...others, blacklistEntry: entry } : others;
  const { wire, action, username, hwid, ip, requestId } = attempt;
  return {
    id: publicId('att', attempt.id),
    time: attempt.createdAt.toISOString(),
    wire,
    action,
    code: attempt.outcome,
    rung: rung as string | null,
    facts,
    username,
    key: attempt.maskedKey,
    hwid,
    ip,
    country,
    requestId,
  };
}

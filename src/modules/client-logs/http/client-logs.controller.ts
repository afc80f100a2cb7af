import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { parsePublicId, publicId } from '../../../kernel';
import { Access, Answers, okPage, PageQuery, TextField } from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { ClientLog, ClientLogs } from '../client-logs.service';
import { LOG_TYPE, LOG_TYPE_MAX } from '../domain/client-logs';

const USER_ID = 'usr_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c';

class ListClientLogsQuery extends PageQuery {
  @TextField({
    max: LOG_TYPE_MAX,
    optional: true,
    pattern: LOG_TYPE,
    patternHelp: 'upper-case letters, digits and underscores',
    example: 'ACTIVITY',
  })
  type?: string;

  @TextField({
    max: USER_ID.length,
    optional: true,
    pattern: /^usr_[0-9a-f]{32}$/,
    patternHelp: 'the id of a user',
    description: 'Only what this user sent',
    example: USER_ID,
  })
  userId?: string;
}

export class ClientLogView {
  @ApiProperty({ example: 'log_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ example: 'ACTIVITY' })
  type: string;

  @ApiProperty({ example: 'User opened settings panel' })
  message: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'john',
    description: 'null without a user',
  })
  username: string | null;

  @ApiProperty({ type: String, nullable: true, example: USER_ID })
  userId: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  licenseId: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'sess_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  sessionId: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'HWID-A1B2C3D4' })
  hwid: string | null;

  @ApiProperty({ type: String, nullable: true, example: '192.168.1.1' })
  ip: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

function present(log: ClientLog): ClientLogView {
  const { id, type, message, username, userId, licenseId, sessionId, hwid, ip, createdAt } = log;
  return {
    id: publicId('log', id),
    type,
    message,
    username,
    userId: userId && publicId('usr', userId),
    licenseId: licenseId && publicId('lic', licenseId),
    sessionId: sessionId && publicId('sess', sessionId),
    hwid,
    ip,
    createdAt: createdAt.toISOString(),
  };
}

const sample = {
  id: 'log_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  type: 'ACTIVITY',
  message: 'User opened settings panel',
  username: 'john',
  userId: USER_ID,
  licenseId: 'lic_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  sessionId: 'sess_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
  hwid: 'HWID-A1B2C3D4',
  ip: '192.168.1.1',
  createdAt: '2025-06-15T12:00:00.000Z',
};

/** What client programs reported with `log` [seed 000]. */
@ApiTags('Client logs')
@Access('seller', 'logs')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/logs')
export class ClientLogsController {
  constructor(private readonly logs: ClientLogs) {}

  @Get()
  @Answers({
    summary: 'List what client programs logged, the newest first',
    description: 'Kept for 30 days, and at most the newest 100,000 of an application.',
    data: ClientLogView,
    list: 'page',
    example: {
      success: true,
      data: [sample],
      pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
    },
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: ListClientLogsQuery) {
    const { type, userId: user, ...page } = query;
    const userId = (user && parsePublicId('usr', user)) ?? undefined;
    return okPage(await this.logs.list(app, { type, userId }, page), present);
  }
}

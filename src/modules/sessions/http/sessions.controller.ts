import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { publicId, SellerCaller } from '../../../kernel';
import {
  Access,
  Answers,
  ApiErrors,
  Caller,
  IdPipe,
  ok,
  okPage,
  WholeListQuery,
} from '../../../platform/http';
import { OfOwnApp, OwnApp, OwnedApp } from '../../apps';
import { SessionErrors } from '../domain/sessions.errors';
import { Session, SessionsService } from '../sessions.service';

class SessionUserView {
  @ApiProperty({ type: String, nullable: true, example: 'john' })
  username: string | null;
}

export class SessionView {
  @ApiProperty({ example: 'sess_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c' })
  id: string;

  @ApiProperty({ description: 'Masked: the last four characters', example: 'sess_…x9Qk' })
  token: string;

  @ApiProperty({ type: String, nullable: true, example: '192.168.1.1' })
  ip: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'US',
    description: 'ISO 3166-1 code of the address; null when unknown',
  })
  country: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'HWID-A1B2C3D4' })
  hwid: string | null;

  @ApiProperty({ type: SessionUserView })
  appUser: SessionUserView;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time', description: 'Last heartbeat, to half a minute' })
  lastSeenAt: string;
}

function presentSession(session: Session): SessionView {
  return {
    id: publicId('sess', session.id),
    token: `sess_…${session.tokenTail}`,
    ip: session.ip,
    country: session.country,
    hwid: session.hwid,
    appUser: { username: session.username },
    createdAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
  };
}

/** Live sessions of an application's clients [seed 000, «Sessions»]. */
@ApiTags('Sessions')
@Access('seller', 'sessions')
@OfOwnApp()
@Controller('v1/admin/apps/:appId/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Answers({
    summary: 'List live sessions',
    data: SessionView,
    list: 'page',
    example: {
      success: true,
      data: [
        {
          id: 'sess_0199f0c8a9e87d3f9b1c2d3e4f5a6b7c',
          token: 'sess_…x9Qk',
          ip: '192.168.1.1',
          country: null,
          hwid: 'HWID-A1B2C3D4',
          appUser: { username: 'john' },
          createdAt: '2025-06-15T12:00:00.000Z',
          lastSeenAt: '2025-06-15T12:05:00.000Z',
        },
      ],
      pagination: { page: 1, limit: 20, total: 1, nextCursor: null },
    },
  })
  async list(@OwnApp() app: OwnedApp, @Query() query: WholeListQuery) {
    return okPage(await this.sessions.list(app, query), presentSession);
  }

  @Delete(':sessionId')
  @Answers({
    summary: 'Kill a session: its next check fails',
    message: 'Session killed',
    example: { success: true, message: 'Session killed' },
  })
  @ApiErrors(SessionErrors.SESSION_NOT_FOUND)
  async kill(
    @OwnApp() app: OwnedApp,
    @Param('sessionId', new IdPipe('sess', SessionErrors.SESSION_NOT_FOUND)) sessionId: string,
    @Caller() caller: SellerCaller,
  ) {
    await this.sessions.kill(app, sessionId, caller);
    return ok(undefined, 'Session killed');
  }
}

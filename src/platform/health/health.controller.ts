import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { serviceInfo } from '../../config';
import { DatabaseClock, monotonicMs } from '../clock';
import { DatabaseHealth } from '../database';
import { Access } from '../http';
import { Unthrottled } from '../rate-limit';
import { Lifecycle } from './lifecycle';

/** The health answer of the documents [seed 002]. */
class HealthView {
  @ApiProperty({ description: 'Whether the server can do its work', example: true })
  ok: boolean;

  @ApiProperty({ example: 'latchkey' })
  service: string;

  @ApiProperty({ example: '0.1.0' })
  version: string;

  @ApiProperty({ type: 'integer', description: 'Unix seconds', example: 1767225600 })
  time_utc: number;

  @ApiProperty({ type: 'integer', description: 'Whole seconds since the start', example: 42 })
  uptime_seconds: number;
}

class ProbeView {
  @ApiProperty({ example: 'ok' })
  status: string;
}

/** For monitors and orchestrators. Liveness asks only this process; readiness asks the database. */
@ApiTags('Health')
@Access('public')
@Unthrottled()
@Controller()
export class HealthController {
  private readonly startedAt = monotonicMs();
  private readonly service = serviceInfo();

  constructor(
    private readonly database: DatabaseHealth,
    private readonly lifecycle: Lifecycle,
    private readonly clock: DatabaseClock,
  ) {}

  @Get(['health', 'api/health'])
  @ApiOperation({ summary: 'Overall health' })
  @ApiResponse({ status: 200, description: 'Working', type: HealthView })
  @ApiResponse({ status: 503, description: 'Not working: the database is away', type: HealthView })
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthView> {
    const ok = await this.isReady();
    if (!ok) void reply.status(HttpStatus.SERVICE_UNAVAILABLE).header('retry-after', 1);
    return {
      ok,
      service: this.service.name,
      version: this.service.version,
      time_utc: Math.floor(this.clock.nowMs() / 1_000),
      uptime_seconds: Math.floor((monotonicMs() - this.startedAt) / 1_000),
    };
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Liveness: the process answers' })
  @ApiResponse({ status: 200, description: 'Alive', type: ProbeView })
  live(): ProbeView {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Readiness: requests can be served' })
  @ApiResponse({ status: 200, description: 'Ready', type: ProbeView })
  @ApiResponse({ status: 503, description: 'Not now', type: ProbeView })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ProbeView> {
    if (await this.isReady()) return { status: 'ok' };
    void reply.status(HttpStatus.SERVICE_UNAVAILABLE).header('retry-after', 1);
    return { status: this.lifecycle.isDraining() ? 'draining' : 'unavailable' };
  }

  private async isReady(): Promise<boolean> {
    return !this.lifecycle.isDraining() && (await this.database.answers());
  }
}

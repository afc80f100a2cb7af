import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { serviceInfo } from '../../config';
import { DatabaseClock, monotonicMs } from '../clock';
import { DatabaseHealth } from '../database';
import { CommonErrors } from '../../kernel';
import { Access } from '../http';
import { Unthrottled } from '../rate-limit';
import { Lifecycle } from './lifecycle';

/** The health answer of the documents [seed 002]. */
class HealthView {
  @ApiProperty({ enum: [true] })
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
  @ApiOperation({ summary: 'Overall health; 503 while requests cannot be served' })
  @ApiResponse({ status: 200, description: 'Working', type: HealthView })
  async health(): Promise<HealthView> {
    await this.requireReady();
    return {
      ok: true,
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
  @ApiOperation({ summary: 'Readiness: 503 while the database is away or the server is stopping' })
  @ApiResponse({ status: 200, description: 'Ready', type: ProbeView })
  async ready(): Promise<ProbeView> {
    await this.requireReady();
    return { status: 'ok' };
  }

  private async requireReady(): Promise<void> {
    const ready = !this.lifecycle.isDraining() && (await this.database.answers());
    if (!ready) throw CommonErrors.UNAVAILABLE({ retryAfterSeconds: 1, internal: 'health probe' });
  }
}

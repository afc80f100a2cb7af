import { Module } from '@nestjs/common';
import { BlacklistScreen } from './blacklist-screen';
import { BlacklistRepository } from './blacklist.repository';
import { BlacklistService } from './blacklist.service';

@Module({
  providers: [BlacklistRepository, BlacklistScreen, BlacklistService],
  exports: [BlacklistScreen, BlacklistService],
})
export class BlacklistModule {}

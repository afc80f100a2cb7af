import { Module } from '@nestjs/common';
import { HouseDialect } from './house.dialect';

@Module({ providers: [HouseDialect] })
export class HouseDialectModule {}

import { Param } from '@nestjs/common';
import { IdPipe } from '../../../platform/http';
import { ResellerErrors } from '../domain/resellers.errors';

/** Every route of one reseller takes their id like this. */
export const ResellerIdParam = () =>
  Param('resellerId', new IdPipe('rsl', ResellerErrors.RESELLER_NOT_FOUND));

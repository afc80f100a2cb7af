import { Param } from '@nestjs/common';
import { UuidPipe } from '../../../platform/http';
import { AppErrors } from '../domain/apps.errors';

/** Every route of one application takes its id like this. */
export const AppIdParam = () => Param('appId', new UuidPipe(AppErrors.APP_NOT_FOUND));

import { Param } from '@nestjs/common';
import { UuidPipe } from '../../../platform/http';
import { AppErrors } from '../domain/apps.errors';

/** Routes that do something with an application itself take its id like this. */
export const AppIdParam = () => Param('appId', new UuidPipe(AppErrors.APP_NOT_FOUND));

import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { errorResponse } from '../../platform/http';
import { HWID_REQUIRED, INVALID_IP, MISSING_FIELDS, REFUSALS } from './tki.errors';
import { TKI_ERRORS } from './tki.error-shape';

interface Entry {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What the guard answers before anything is judged. */
const GUARD: readonly Entry[] = [
  { status: 401, code: 'GATEWAY_KEY_MISSING', message: 'Authorization header is missing' },
  { status: 403, code: 'GATEWAY_KEY_INVALID', message: 'Invalid API Key' },
  { status: 429, code: 'RATE_LIMITED', message: REFUSALS.CLIENT_SIGN_IN_LOCKED.message },
];

const INPUT: readonly Entry[] = [INVALID_IP, HWID_REQUIRED, MISSING_FIELDS].map((message) => ({
  status: 400,
  code: 'INVALID_INPUT',
  message,
}));

/** Every failure of the one documented route, with its sentence. */
export function RefusalResponses(): MethodDecorator {
  const refusals = Object.entries(REFUSALS).map(([code, spelled]) => ({ code, ...spelled }));
  const entries = [...GUARD, ...INPUT, ...refusals];
  const statuses = [...new Set(entries.map(({ status }) => status))];
  return applyDecorators(
    ...statuses.map((status) => {
      const ofStatus = entries.filter((entry) => entry.status === status);
      return ApiResponse({ status, ...errorResponse(ofStatus, status, TKI_ERRORS) });
    }),
  );
}

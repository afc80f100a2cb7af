import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/bootstrap/create-app';
import { parseConfig } from '../../src/config';
import { createLogger } from '../../src/platform/logging';
import { Contract, Route } from '../security/contract';
import { testSettings } from '../support/settings';

const CALLERS = ['seller', 'reseller'];

/** Routes that take no Idempotency-Key, each with the reason. */
const EXCEPT: Readonly<Record<string, string>> = {
  'POST /v1/auth/logout': 'ends the sign-in itself: nobody could come back for the answer',
  'POST /v1/auth/change-password':
    'tries a password: the try must stay on record when the request fails, so it may not share its transaction',
  'POST /v1/auth/totp/confirm': 'tries a code: as with a password, the try must stay on record',
  'POST /v1/auth/totp/disable': 'tries a code: as with a password, the try must stay on record',
  'POST /v1/admin/apps/{appId}/webhooks/{webhookId}/test':
    'waits for somebody else: no transaction may be open meanwhile, and a second ping does no harm',
  'POST /v1/builder/build':
    'answers a program, not JSON: the same request gives the same bytes and changes nothing',
  'POST /v1/admin/apps/{appId}/import':
    'the file is its own key: what exists already in the same form is left as it is',
  'POST /v1/admin/files/upload':
    'a file takes its time, and nothing slow happens in the transaction that an answer is kept in: register and PUT',
};

const takesKey = ({ parameters }: Route) =>
  parameters.some((one) => one.in === 'header' && one.name === 'Idempotency-Key');

/** What is wrong with the POSTs of sellers and resellers, as the document describes them. */
function problems(routes: readonly Route[], except: Readonly<Record<string, string>>): string[] {
  const posts = routes.filter(
    ({ method, operation }) =>
      method === 'POST' &&
      operation.security.some((scheme) => CALLERS.some((caller) => caller in scheme)),
  );
  const missing = posts.filter((route) => !takesKey(route) && !(route.key in except));
  const needless = Object.keys(except).filter(
    (key) => !posts.some((route) => route.key === key && !takesKey(route)),
  );
  return [
    ...missing.map(({ key }) => `${key} cannot be repeated safely`),
    ...needless.map((key) => `${key} is no exception`),
  ];
}

describe('Idempotency-Key', () => {
  let app: NestFastifyApplication;
  let routes: readonly Route[];
  beforeAll(async () => {
    const config = parseConfig(testSettings);
    const secrets = { masterKey: config.MASTER_KEY!, jwtSecret: config.JWT_SECRET! };
    const logger = createLogger(config);
    app = await createApp({ config, secrets, databaseUrl: null, logger });
    routes = new Contract(app).routes;
  });
  afterAll(() => app.close());

  test('R-12 every POST of sellers and resellers takes one, but for those that say why not', () => {
    expect(problems(routes, EXCEPT)).toEqual([]);
    expect(routes.filter(takesKey).length).toBeGreaterThan(10);
  });

  test('R-12 twin: a route that forgot @Idempotent, and an exception that is none, are found', () => {
    const forgotten = routes.map((route) =>
      route.key === 'POST /v1/admin/apps' ? { ...route, parameters: [] } : route,
    );
    expect(problems(forgotten, EXCEPT)).toEqual(['POST /v1/admin/apps cannot be repeated safely']);
    const excused = { ...EXCEPT, 'POST /v1/admin/apps': 'none' };
    expect(problems(routes, excused)).toEqual(['POST /v1/admin/apps is no exception']);
  });
});

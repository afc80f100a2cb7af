import createClient from 'openapi-fetch';
// Generated from openapi.yaml by the test that runs this; not committed.
import type { paths, webhooks } from './schema';

/** The data of an answer, or an error that shows what came instead. */
function data<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

/** The fields of an answer of `POST /v1`; only `list_files` answers a list. */
function fields<T>(answer: { data?: T }): Exclude<T, readonly unknown[]> {
  if (answer.data === undefined || Array.isArray(answer.data)) throw new Error('no fields');
  return answer.data as Exclude<T, readonly unknown[]>;
}

/**
 * The first journey through a client generated from the contract: that this type-checks is half of
 * the test, that it runs is the other half. Returns what the client was told on its way.
 */
export async function walk(baseUrl: string): Promise<string[]> {
  const api = createClient<paths, 'application/json'>({ baseUrl });
  const account = { email: 'dev@example.com', password: 'securepass123', name: 'John Developer' };
  const seller = data(await api.POST('/v1/auth/register', { body: account }));
  api.use({
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${seller.data.accessToken}`);
    },
  });
  const app = data(await api.POST('/v1/admin/apps', { body: { name: 'My App' } })).data;
  const path = { appId: app.id };
  const made = data(
    await api.POST('/v1/admin/apps/{appId}/licenses', {
      params: { path },
      body: { count: 1, durationType: '30d', level: 1, maxDevices: 1, prefix: 'VIP' },
    }),
  );
  const licenseKey = made.data[0]!.key;

  const credentials = { appId: app.id, apiKey: app.apiKey };
  const user = { username: 'testuser', password: 'securepass', hwid: 'HWID-A1B2C3D4' };
  const messages: string[] = [];
  const init = data(await api.POST('/v1', { body: { type: 'init', ...credentials } }));
  messages.push(init.message!, fields(init).name!);
  const registration = { type: 'register', ...credentials, ...user, licenseKey } as const;
  messages.push(data(await api.POST('/v1', { body: registration })).message!);
  const login = data(await api.POST('/v1', { body: { type: 'login', ...credentials, ...user } }));
  messages.push(login.message!);
  const sessionToken = fields(login).sessionToken!;
  const check = data(
    await api.POST('/v1', { body: { type: 'check', ...credentials, sessionToken } }),
  );
  messages.push(check.message!, fields(check).username!);

  const users = data(
    await api.GET('/v1/admin/apps/{appId}/users', {
      params: { path, query: { search: 'testuser', status: 'ACTIVE' } },
    }),
  );
  messages.push(`${users.pagination.total} user`);
  const ban = await api.POST('/v1/admin/apps/{appId}/users/{userId}/ban', {
    params: { path: { ...path, userId: users.data[0]!.id } },
    body: { reason: 'Terms violation' },
  });
  messages.push(data(ban).message);
  const after = await api.POST('/v1', { body: { type: 'check', ...credentials, sessionToken } });
  messages.push(after.error!.message, after.error!.code);
  return messages;
}

type Registered = webhooks['user.register']['post']['requestBody']['content']['application/json'];

/** What a receiver of the event reads of it; that this type-checks is all of the test. */
export function told({ sequence, data: { username, country } }: Registered): string {
  return `${sequence}: ${username} from ${country ?? 'somewhere'}`;
}

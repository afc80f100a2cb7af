import { Controller, Get, INestApplication, Module, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule, Environment } from '../../src/app.module';
import { createApp } from '../../src/bootstrap/create-app';
import { parseConfig } from '../../src/config';
import { Access, RouteTable } from '../../src/platform/http';
import { createLogger } from '../../src/platform/logging';
import { testSettings } from '../support/settings';
import { Contract } from '../security/contract';

const SNAPSHOT = join(__dirname, 'routes.snapshot.txt');
/** Written anew by `UPDATE_ROUTES=1 npx jest test/architecture/routes`. */
const UPDATE = process.env['UPDATE_ROUTES'] === '1';

/** Routes of Fastify itself, past Nest and its guard, with the credentials that they check. */
const NATIVE: Readonly<Record<string, string>> = { 'POST /v1': 'app-client' };
const isDocs = (route: string) => /^\w+ \/docs(-|\/|$)/.test(route);

function environment(): Environment {
  const config = parseConfig(testSettings);
  const secrets = { masterKey: config.MASTER_KEY!, jwtSecret: config.JWT_SECRET! };
  return { config, secrets, databaseUrl: null, logger: createLogger(config) };
}

/** What `@Access` says of every route of every controller: `METHOD /path` → kind. */
function declaredAccess(app: INestApplication): Record<string, string | undefined> {
  const declared: Record<string, string | undefined> = {};
  const modules = [...app.get(ModulesContainer).values()];
  for (const { metatype } of modules.flatMap((module) => [...module.controllers.values()])) {
    const type = metatype as unknown as { prototype: Record<string, object> };
    for (const name of Object.getOwnPropertyNames(type.prototype)) {
      const handler = type.prototype[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as number | undefined;
      if (method === undefined) continue;
      const access = [handler, type].map(
        (target) => Reflect.getMetadata('latchkey:access', target) as string | undefined,
      );
      const prefixes = [Reflect.getMetadata(PATH_METADATA, type) as string | string[]].flat();
      const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
      for (const prefix of prefixes) {
        for (const path of paths) {
          const whole = `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
          declared[`${RequestMethod[method]} ${whole}`] = access[0] ?? access[1];
        }
      }
    }
  }
  return declared;
}

@Controller('forgotten')
class ForgottenController {
  static reached = 0;

  @Get()
  get(): object {
    return { reached: ++ForgottenController.reached };
  }

  @Get('declared')
  @Access('public')
  declared(): object {
    return { reached: true };
  }
}

describe('routes', () => {
  let app: NestFastifyApplication;
  let routes: string[];
  let access: Record<string, string | undefined>;
  beforeAll(async () => {
    app = await createApp(environment());
    routes = app.get(RouteTable).all();
    access = { ...declaredAccess(app), ...NATIVE };
  });
  afterAll(() => app.close());

  test('S-38 every route and who may call it, as committed: a new one is a line in review', () => {
    const lines = routes.map((route) => `${route} ${isDocs(route) ? 'public' : access[route]}`);
    const text = `${lines.join('\n')}\n`;
    if (UPDATE) writeFileSync(SNAPSHOT, text);
    expect(text).toBe(readFileSync(SNAPSHOT, 'utf8'));
  });

  test('S-38 the router, the controllers and the document hold the same routes', () => {
    const documented = new Contract(app).documented.map(({ key }) =>
      key.replace(/\{(\w+)\}/g, ':$1'),
    );
    const routed = routes.filter((route) => !isDocs(route));
    expect(documented.sort()).toEqual(routed);
    expect(Object.keys(access).sort()).toEqual(routed);
  });

  test('S-38 the document names the credentials that the guard asks for', () => {
    const wrong = new Contract(app).documented.filter(({ key, operation }) => {
      const kind = access[key.replace(/\{(\w+)\}/g, ':$1')]!;
      const documented = operation.security.flatMap((scheme) => Object.keys(scheme));
      // There the application's credentials stand in the body; the document has no scheme for that.
      const expected = kind === 'public' || key === 'POST /v1' ? [] : [kind];
      return documented.join() !== expected.join();
    });
    expect(wrong.map(({ key }) => key)).toEqual([]);
  });

  test('S-38 without a credential no route but the public ones is reached', async () => {
    const open: string[] = [];
    for (const route of routes.filter(
      (known) => !['public', 'app-client'].includes(access[known] ?? 'public'),
    )) {
      const [method, path] = route.split(' ') as ['GET', string];
      const answer = await app.inject({ method, url: path.replace(/:\w+/g, 'x') });
      if (answer.statusCode !== 401) open.push(`${route}: ${answer.statusCode}`);
    }
    expect(open).toEqual([]);
  });

  describe('a controller that forgot @Access', () => {
    async function answerOf(path: string, guarded: boolean): Promise<number> {
      const given = environment();
      @Module({ imports: [AppModule.forRoot(given)], controllers: [ForgottenController] })
      class WithForgotten {}
      const small = await NestFactory.create<NestFastifyApplication>(
        WithForgotten,
        new FastifyAdapter(),
        { logger: false },
      );
      await small.init();
      if (!guarded) {
        Reflect.defineMetadata('latchkey:access', 'public', ForgottenController);
      }
      const answer = await small.inject({ method: 'GET', url: path });
      await small.close();
      Reflect.deleteMetadata('latchkey:access', ForgottenController);
      return answer.statusCode;
    }

    test('S-38 is called by nobody: closed by default', async () => {
      expect(await answerOf('/forgotten', true)).toBe(500);
      expect(ForgottenController.reached).toBe(0);
      expect(await answerOf('/forgotten/declared', true)).toBe(200);
    });

    test('S-38 twin: with an open default it is reached', async () => {
      expect(await answerOf('/forgotten', false)).toBe(200);
      expect(ForgottenController.reached).toBe(1);
    });
  });
});

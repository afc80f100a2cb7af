import { anApp, TestApp } from '../factories';
import { inject, Injected, InjectOptions, snapshot } from '../security/support';
import { startTestServer, TestServer } from '../support/server';

interface Case {
  readonly name: string;
  readonly status: number;
  readonly code: string;
  readonly method?: string;
  readonly options: InjectOptions;
  readonly headers?: Record<string, string>;
}

/** What is wrong with a refusal of `POST /v1`. */
function flaws({ status, code, headers = {} }: Case, answer: Injected): string[] {
  const { body } = answer;
  const keys = Object.keys(body as object).filter((key) => key !== 'errors');
  return [
    ...(answer.status === status ? [] : [`status ${answer.status}`]),
    ...(body.code === code ? [] : [`code ${body.code}`]),
    ...(keys.join() === 'success,message,code,requestId' ? [] : [`keys ${keys.join()}`]),
    ...(body.success === false ? [] : ['success']),
    ...(typeof body.message === 'string' && body.message !== '' ? [] : ['no message']),
    ...(body.requestId === answer.headers['x-request-id'] ? [] : ['another request id']),
    ...Object.entries(headers).flatMap(([name, value]) =>
      answer.headers[name] === value ? [] : [`${name}: ${String(answer.headers[name])}`],
    ),
  ];
}

describe('F-02 POST /v1 fails in one shape, whatever comes', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer({ BACKGROUND_JOBS: 'false', BODY_LIMIT_BYTES: '4096' });
    app = await anApp(server.url);
  });
  afterAll(() => server.close());

  function cases(): Case[] {
    const credentials = { appId: app.id, apiKey: app.apiKey };
    const good = JSON.stringify({ type: 'init', ...credentials });
    const invalid = { status: 400, code: 'INVALID_INPUT' };
    const malformed = { status: 400, code: 'MALFORMED_JSON' };
    const type = (contentType: string) => ({ raw: good, headers: { 'content-type': contentType } });
    const allow = { allow: 'POST' };
    const wrongMethod = { status: 405, code: 'METHOD_NOT_ALLOWED', headers: allow };
    const types: unknown[] = [
      undefined,
      null,
      '',
      'nonsense',
      'INIT',
      'init ',
      7,
      true,
      {},
      ['init'],
      { toString: null },
      'constructor',
      '__proto__',
      'toString',
      'a'.repeat(1_000),
    ];
    const broken = [
      '{',
      '{"type":',
      'type=init',
      '{"type":"init",}',
      "{'type':'init'}",
      '\ufeff{',
      '{"a":1}{',
      'undefined',
      '{"__proto__":{}}',
      '\u0000',
      `${'['.repeat(2_000)}`,
    ];
    return [
      ...types.map((value) => ({
        name: `type ${JSON.stringify(value)}`,
        ...invalid,
        options: { body: { type: value, ...credentials } },
      })),
      ...broken.map((raw) => ({ name: raw.slice(0, 30), ...malformed, options: { raw } })),
      ...['[]', '"x"', '7', 'null', 'true', '{}', `[${good}]`].map((raw) => ({
        name: raw,
        ...invalid,
        options: { raw },
      })),
      { name: 'empty body', ...invalid, options: { raw: '' } },
      ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map((method) => ({
        name: method,
        method,
        ...wrongMethod,
        options: {},
      })),
      { name: 'PUT with a body', method: 'PUT', ...wrongMethod, options: { raw: good } },
      {
        name: 'too large',
        status: 413,
        code: 'PAYLOAD_TOO_LARGE',
        options: { raw: `{"x":"${'a'.repeat(5_000)}"}` },
      },
      ...[
        'text/plain',
        'text/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'nonsense',
        'application/octet-stream',
      ].map((contentType) => ({
        name: contentType,
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        options: type(contentType),
      })),
    ];
  }

  test('F-02 every malformed request is refused in the shape of the document, and nothing is stored', async () => {
    const before = await snapshot(server.database);
    const findings: string[] = [];
    for (const one of cases()) {
      const answer = await inject(server, one.method ?? 'POST', '/v1', one.options);
      findings.push(
        ...flaws(one, answer).map((flaw) => `${one.name}: ${flaw} in ${answer.text.slice(0, 160)}`),
      );
    }
    expect(findings).toEqual([]);
    expect(await snapshot(server.database)).toEqual(before);
  });

  test('F-02 no body and no content type at all is refused too', async () => {
    const answer = await server.app.inject({ method: 'POST', url: '/v1' });
    expect([answer.statusCode, answer.json<{ success: boolean }>().success]).toEqual([400, false]);
  });

  test('F-02 a parameter or a byte order in the content type is no obstacle', async () => {
    const body = { type: 'init', appId: app.id, apiKey: app.apiKey };
    for (const type of [
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/json;charset=UTF-8',
    ]) {
      const answer = await inject(server, 'POST', '/v1', {
        body,
        headers: { 'content-type': type },
      });
      expect(`${type} ${answer.status}`).toBe(`${type} 200`);
    }
  });

  test('F-02 twin: an answer in the framework’s own shape is faulted', () => {
    const text = JSON.stringify({ statusCode: 415, error: 'Unsupported Media Type', message: 'x' });
    const framework: Injected = { status: 415, headers: {}, text, body: JSON.parse(text) };
    const [expected] = cases().filter(({ status }) => status === 415);
    expect(flaws(expected!, framework).length).toBeGreaterThan(2);
  });
});

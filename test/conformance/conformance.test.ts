import { anApp } from '../factories';
import { startTestServer, TestServer } from '../support/server';
import { stories } from './stories';
import { wires } from './wires';
import { World } from './world';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe.each(wires)('$name', (wire) => {
  const told = stories.filter(({ needs }) => needs.every((verb) => wire.verbs.includes(verb)));

  test.each(told)('$name', async ({ settings, tell }) => {
    const app = await anApp(server.url, settings);
    await tell(new World(wire, app, server));
  });
});

test('every story is told on a wire, and no two have the same name', () => {
  const verbs = wires.map((wire) => new Set(wire.verbs));
  const untold = stories.filter(
    ({ needs }) => !verbs.some((known) => needs.every((verb) => known.has(verb))),
  );
  expect(untold.map(({ name }) => name)).toEqual([]);
  expect(new Set(stories.map(({ name }) => name)).size).toBe(stories.length);
});

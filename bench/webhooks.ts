import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { row, Row } from './report';
import { endAll, load, median, openStage, Stage } from './stage';

/** Each at a host of its own: how many of one host are served at once is limited. */
const ENDPOINTS = 8;
const LICENSES = 200;
const SIGN_INS = 4;
const ROUNDS = 5;
const CONNECTIONS = 64;

/** A receiver that does nothing but count; `until` resolves at so many requests from now on. */
async function receiver() {
  const bodies: string[] = [];
  let left = 0;
  let done = (): void => undefined;
  const server = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (bodies.length < 200) bodies.push(body);
      reply.writeHead(204).end();
      if (--left === 0) done();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    bodies,
    until: (count: number) =>
      new Promise<void>((resolve) => {
        left = count;
        done = resolve;
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What happened in an application, for every endpoint that will hear of it. */
async function happenings(stage: Stage): Promise<void> {
  const keys = await stage.licenses(LICENSES, {});
  for (let round = 0; round < SIGN_INS; round++) {
    for (const licenseKey of keys) await stage.call('license', { licenseKey, hwid: 'PC' });
  }
}

/** Events delivered per second, against a bare loop that posts the same bodies to the same receiver. */
export async function webhooks(): Promise<Row[]> {
  const target = await receiver();
  const stage = await openStage({
    OUTBOUND_PORTS: '1-65535',
    OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
  });
  try {
    await happenings(stage);
    const ids: string[] = [];
    for (let n = 1; n <= ENDPOINTS; n++) {
      const url = `http://127.0.0.${n}:${target.port}/`;
      const made = await stage.admin('POST', '/webhooks', { url, events: ['session.create'] });
      ids.push(String(made['id']));
      await stage.admin('POST', `/webhooks/${ids.at(-1)}/test`, {});
    }
    const events = LICENSES * SIGN_INS;
    const rates: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const all = target.until(events * ENDPOINTS);
      const started = performance.now();
      const since = '2020-01-01T00:00:00.000Z';
      for (const id of ids) {
        await stage.admin('POST', `/webhooks/${id}/replay`, { since, delivered: true });
      }
      await all;
      rates.push((events * ENDPOINTS) / ((performance.now() - started) / 1_000));
      const order = { port: target.port, bodies: target.bodies, connections: CONNECTIONS };
      bare.push((await load({ ...order, seconds: 4 })).perSecond);
    }
    const ratios = rates.map((rate, index) => rate / bare[index]!);
    return [
      row('W', 'events delivered ÷ a bare loop that posts them', median(ratios), 0, 'least', {
        deliveredPerSecond: median(rates),
        barePerSecond: median(bare),
      }),
    ];
  } finally {
    target.close();
    await stage.stop().finally(endAll);
  }
}

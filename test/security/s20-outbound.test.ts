import { createServer, Server, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  NameResolver,
  Outbound,
  OUTBOUND_TIMEOUT_MS,
  TargetRules,
} from '../../src/platform/outbound';
import { DnsResolver } from '../../src/platform/outbound/name-resolver';
import { Received, Receiver, startReceiver } from '../support/receiver';
import { INSIDE_NAMES, insideTargets, LOOPBACK_SPELLINGS } from './inside-targets';

const FACTOR = Number(process.env['RACE_TRIALS_FACTOR'] ?? '1');

/** Answers from a table; what is a function is asked anew each time. */
class Names extends NameResolver {
  constructor(
    private readonly names: Readonly<Record<string, readonly string[] | (() => readonly string[])>>,
  ) {
    super();
  }

  async resolve(name: string): Promise<readonly string[]> {
    const known = this.names[name.toLowerCase().replace(/\.$/, '')];
    if (!known) throw new Error('no such name');
    return typeof known === 'function' ? known() : known;
  }
}

const rules = (allowedNetworks: readonly string[] = [], ports = ['80', '443', '1024-65535']) =>
  new TargetRules({ ports, allowedNetworks });

/** The twin's rules: every address is fine. */
class NoRules extends TargetRules {
  override refuses(): boolean {
    return false;
  }
}

const opened: Outbound[] = [];
function outbound(target: TargetRules, names: NameResolver = new Names({})): Outbound {
  const made = new Outbound(target, names);
  opened.push(made);
  return made;
}

const post = (via: Outbound, url: string, timeoutMs = 5_000) =>
  via.post({ url, headers: { 'content-type': 'application/json' }, body: '{"a":1}', timeoutMs });

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver('::');
});
afterAll(async () => {
  await Promise.all(opened.map((one) => one.onApplicationShutdown()));
  await receiver.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer((_, reply) => void reply.writeHead(204, { connection: 'close' }).end());
});

describe('S-20 a webhook never reaches inside', () => {
  test('S-20 over 200 spellings of inside: refused at creation, refused at delivery, 0 connections', async () => {
    const targets = insideTargets(receiver.port);
    const ports = ['80', '443', String(receiver.port)];
    const guarded = outbound(rules([], ports), new Names(INSIDE_NAMES));
    const before = receiver.connections();
    const admitted: string[] = [];
    for (const url of targets) {
      const problem = await guarded.validate(url);
      const { status, failure } = await post(guarded, url);
      if (problem === null || failure !== 'refused-target' || status !== 0) admitted.push(url);
    }

    expect(targets.length).toBeGreaterThan(200);
    expect(admitted).toEqual([]);
    expect(receiver.connections() - before).toBe(0);
  });

  test('S-20 twin: without the check of addresses the same spellings of loopback connect', async () => {
    const open = outbound(
      new NoRules({ ports: ['1-65535'], allowedNetworks: [] }),
      new Names(INSIDE_NAMES),
    );
    const inside = [
      ...LOOPBACK_SPELLINGS,
      'localtest.example',
      'mapped.example',
      '[::1]',
      'LOCALHOST',
    ];
    let reached = 0;
    for (const host of inside) {
      if ((await post(open, `http://${host}:${receiver.port}/`)).status === 204) reached++;
    }

    expect(reached / inside.length).toBeGreaterThanOrEqual(0.9);
  });

  test.each([
    'https://example.com/hook',
    'http://example.com:8080',
    'https://93.184.216.34/',
    'https://[2606:4700::1111]/',
    'https://müller.example/x',
  ])('S-20 an address outside is admitted: %s', async (url) => {
    const names = new Names({ 'example.com': ['93.184.216.34', '2606:2800:220:1::1'] });
    expect(await outbound(rules(), names).validate(url)).toBeNull();
  });

  test.each(['localhost', 'LocalHost.', 'api.localhost'])(
    'S-20 %s is inside, whatever a name server says of it',
    async (name) => {
      const by = (networks: string[]) => outbound(rules(networks), new DnsResolver());
      const url = `http://${name}:${receiver.port}/`;
      expect(await by([]).validate(url)).toBe('must not lead into a private network');
      expect((await post(by([]), url)).failure).toBe('refused-target');
      expect((await post(by(['127.0.0.1']), url)).status).toBe(204);
    },
  );

  test('S-20 the operator may allow a network, and nothing beside it', async () => {
    const via = outbound(rules(['127.0.0.0/24', '::1']));
    const at = (host: string) => post(via, `http://${host}:${receiver.port}/`);

    expect((await at('127.0.0.9')).status).toBe(204);
    expect((await at('[::1]')).status).toBe(204);
    expect((await at('[::ffff:127.0.0.9]')).status).toBe(204);
    expect((await at('127.0.1.1')).failure).toBe('refused-target');
    expect((await at('10.0.0.1')).failure).toBe('refused-target');
    expect((await post(via, 'http://127.0.0.1:25/')).failure).toBe('refused-target');
  });
});

describe('S-21 a name server that changes its mind', () => {
  const TRIES = Math.max(100, Math.round(1_000 * FACTOR));
  /** 127.0.0.2 stands for the public Internet, 127.0.0.1 for inside. */
  const OUTSIDE = '127.0.0.2';
  const INSIDE = '127.0.0.1';
  let insideHits = 0;
  let outsideHits = 0;
  beforeEach(() => {
    insideHits = outsideHits = 0;
    receiver.answer((_: Received, reply, request) => {
      if (request.socket.localAddress?.endsWith(INSIDE)) insideHits++;
      else outsideHits++;
      reply.writeHead(204, { connection: 'close' }).end();
    });
  });
  const rebinding = () => {
    const answers = [[OUTSIDE], [INSIDE], [OUTSIDE], [OUTSIDE, INSIDE], [INSIDE, OUTSIDE]];
    let asked = 0;
    return new Names({ 'rebind.example': () => answers[asked++ % answers.length]! });
  };
  const url = () => `http://rebind.example:${receiver.port}/`;

  test(`S-21 the address that was checked is the one that is connected to: 0 inside in ${TRIES} tries`, async () => {
    const via = outbound(rules([`${OUTSIDE}/32`]), rebinding());
    for (let i = 0; i < TRIES; i++) await post(via, url());

    expect(insideHits).toBe(0);
    expect(outsideHits).toBeGreaterThanOrEqual(Math.floor((TRIES * 2) / 5) - 1);
  });

  test('S-21 twin: a check that asks the name server by itself lets inside in', async () => {
    const names = rebinding();
    const strict = rules([`${OUTSIDE}/32`]);
    const via = outbound(new NoRules({ ports: ['1-65535'], allowedNetworks: [] }), names);
    let broken = 0;
    for (let trial = 0; trial < 10; trial++) {
      insideHits = 0;
      for (let i = 0; i < 20; i++) {
        const checked = await names.resolve('rebind.example');
        if (!checked.some((address) => strict.refuses(address))) await post(via, url());
      }
      if (insideHits > 0) broken++;
    }

    expect(broken).toBeGreaterThanOrEqual(9);
  });
});

describe('S-22 redirects', () => {
  const via = () => outbound(rules(['127.0.0.1/32']));
  const towards = (status: number, location: string) =>
    receiver.answer((one, reply) => {
      if (one.path === '/inside') return void reply.writeHead(200).end('inside');
      reply.writeHead(status, { location }).end();
    });

  test.each([301, 302, 303, 307, 308])(
    'S-22 %d is an answer like any other, never followed',
    async (status) => {
      for (const location of [
        '/inside',
        receiver.url('/inside'),
        'https://127.0.0.1/',
        'file:///etc/passwd',
      ]) {
        towards(status, location);
        const result = await post(via(), receiver.url('/start'));
        expect(result).toMatchObject({ status, failure: null });
      }
      expect(receiver.received.map(({ path }) => path)).toEqual(Array(4).fill('/start'));
    },
  );

  test('S-22 twin: a client that follows arrives inside', async () => {
    for (const status of [301, 302, 307, 308]) {
      towards(status, '/inside');
      await fetch(receiver.url('/start'), { method: 'POST', body: '{}' });
    }
    expect(receiver.received.filter(({ path }) => path === '/inside')).toHaveLength(4);
  });
});

describe('S-24, W-05 hostile answers', () => {
  /** Bytes on a socket, as nobody's HTTP server would send them. */
  let raw: Server;
  let behave: (socket: Socket) => void;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    raw = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => behave(socket));
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => raw.close(resolve));
  });
  const via = outbound(rules(['127.0.0.1/32']));
  const ask = (how: (socket: Socket) => void, timeoutMs = 400) => {
    behave = how;
    return post(via, `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`, timeoutMs);
  };
  /** Writes for as long as the other side takes it. */
  const endlessly = (socket: Socket, text: string) => {
    const more = () => {
      while (!socket.destroyed && socket.write(text));
      if (!socket.destroyed) socket.once('drain', more);
    };
    more();
  };
  const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';

  test('S-24 nobody waits longer than 20 seconds for any answer', () => {
    expect(OUTBOUND_TIMEOUT_MS).toBeLessThanOrEqual(20_000);
  });

  test('W-05 no answer at all ends with the time', async () => {
    const result = await ask(() => undefined);
    expect(result).toMatchObject({ status: 0, failure: 'timeout' });
    expect(result.durationMs).toBeGreaterThanOrEqual(350);
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test('W-05 a reset is a failure', async () => {
    expect(await ask((socket) => socket.resetAndDestroy())).toMatchObject({
      status: 0,
      failure: 'broken-answer',
    });
  });

  test('W-05 a closed port is a failure', async () => {
    expect(await post(via, 'http://127.0.0.1:1/')).toMatchObject({ failure: 'refused-target' });
    expect(await post(via, 'http://127.0.0.1:65535/')).toMatchObject({
      status: 0,
      failure: 'unreachable',
    });
  });

  test('W-05 100 MB of body: 2 KiB are kept, the connection is cut', async () => {
    let written = 0;
    const result = await ask((socket) => {
      socket.write(`${HEAD}Content-Length: 104857600\r\n\r\n`);
      endlessly(socket, 'x'.repeat(65_536));
      socket.on('close', () => (written = socket.bytesWritten));
    }, 5_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(result).toMatchObject({ status: 200, failure: null, body: 'x'.repeat(2_048) });
    expect(written).toBeLessThan(20_000_000);
  });

  test('W-05, S-24 one byte a moment: the status stands, the slot is free in time', async () => {
    const result = await ask((socket) => {
      socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`);
      const drip = setInterval(() => socket.write('y'), 50);
      socket.on('close', () => clearInterval(drip));
    });
    expect(result.status).toBe(200);
    expect(result.body).toMatch(/^y{1,20}$/);
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test('S-24 headers without end, interim answers without end: refused within bounded bytes', async () => {
    for (const start of [HEAD, 'HTTP/1.1 200 OK\r\nX: ']) {
      const headers = await ask((socket) => {
        socket.write(start);
        endlessly(socket, start === HEAD ? `X-Pad: ${'z'.repeat(500)}\r\n` : 'z'.repeat(500));
      }, 5_000);
      expect(headers).toMatchObject({ status: 0, failure: 'broken-answer' });
    }
    const interim = await ask(
      (socket) => endlessly(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'),
      5_000,
    );
    expect(interim).toMatchObject({ status: 0, failure: 'broken-answer' });
  });

  test('S-24 a gzip bomb is kept as the bytes it came in', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const result = await ask((socket) => {
      socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    }, 5_000);
    expect(result.status).toBe(200);
    expect(Buffer.byteLength(result.body)).toBeLessThanOrEqual(2_048);
    expect(result.durationMs).toBeLessThan(2_000);
  });

  test('S-24 what is kept holds nothing that a terminal, a page or the database would choke on', async () => {
    const nasty = Buffer.from(
      'a\u0000b\u001b[31mred\u202eevil\ud83d\ude00<script>alert(1)</script>\r\n\t',
    );
    const text = Buffer.concat([nasty, Buffer.from([0xff, 0xfe, 0xc3]), Buffer.alloc(3_000, 0x9f)]);
    const { body } = await ask((socket) => {
      socket.end(
        Buffer.concat([Buffer.from(`${HEAD}Content-Length: ${text.length}\r\n\r\n`), text]),
      );
    }, 5_000);
    expect(body).toContain('a\ufffdb\ufffd[31mred\ufffdevil😀<script>alert(1)</script>\r\n\t');
    expect(body.replace(/[\r\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(2_048);
  });

  test('S-24 twin: without the bounds the same bomb fills the memory and the drip never ends', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    behave = (socket) => {
      socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    };
    const port = (raw.address() as AddressInfo).port;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' });
    expect((await answer.arrayBuffer()).byteLength).toBe(50_000_000);
  });
});

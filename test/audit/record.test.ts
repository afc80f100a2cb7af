import { sha256Bytes } from '../../src/platform/crypto';
import { anApp, aSeller, TestApp, unique } from '../factories';
import { uuidOf } from '../golden/sample';
import { consistent, includes, isSigned, RFC9162, treeHash } from '../support/rfc9162';
import { anAuditServer, AuditServer } from './support';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('the record, as sellers read it', () => {
  let server: AuditServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await anAuditServer();
    app = await anApp(await aSeller(server.url));
  });
  afterAll(() => server.close());

  const audit = (rest = '') => app.seller.get(`/v1/admin/audit${rest}`);

  test('before the first checkpoint there is one of the empty tree', async () => {
    const { data } = (await audit('/checkpoint')).body;
    expect(data).toMatchObject({ size: 0, root: treeHash([]).toString('hex') });
    expect(isSigned(data)).toBe(true);
    expect((await audit('/consistency?from=0')).body.data).toMatchObject({ from: 0, path: [] });
  });

  test('a seller reads their own lines, by each filter, and no others', async () => {
    const { id } = await app.license();
    const headers = { 'x-request-id': unique('request-') };
    await app.seller.post(app.path(`/licenses/${id}/ban`), undefined, { headers });
    const stranger = await anApp(await aSeller(server.url));
    const sellerId = app.seller.id;
    const found = async (query: string, by = app.seller) =>
      (await by.get(`/v1/admin/audit?${query}`)).body.data as Record<string, unknown>[];
    const [line] = await found(`requestId=${headers['x-request-id']}`);
    expect(line).toMatchObject({
      sequence: null,
      appId: app.id,
      actor: { kind: 'seller', id: sellerId },
      action: 'license.ban',
      target: { kind: 'license', id },
      outcome: 'granted',
      severity: 'info',
      ip: '127.0.0.1',
      requestId: headers['x-request-id'],
      erased: false,
    });
    await server.takeIn();
    for (const query of [
      `targetId=${id}&action=license.ban`,
      `targetId=${uuidOf(id)}&limit=1`,
      `appId=${app.id}&actorId=${sellerId}&severity=info&limit=1`,
      `since=${String(line!['time'])}&limit=1`,
    ]) {
      expect(await found(query)).toEqual([{ ...line, sequence: expect.any(Number) as number }]);
    }
    expect(await found(`until=${String(line!['time'])}&targetId=${id}&action=license.ban`)).toEqual(
      [],
    );
    expect(await found(`targetId=${id}`, stranger.seller)).toEqual([]);
    expect(await found(`appId=${app.id}`, stranger.seller)).toEqual([]);
    for (const bad of ['appId=1', 'actorId=x', 'severity=bad', 'since=now', 'action=Ban', 'x=1']) {
      expect((await audit(`?${bad}`)).status).toBe(400);
    }
  });

  test('A-03 what the API proves convinces a second implementation', async () => {
    await server.seal();
    const old = (await audit('/checkpoint')).body.data;
    expect(isSigned(old)).toBe(true);
    expect(isSigned({ ...old, size: old.size + 1 })).toBe(false);
    await app.license();
    await server.seal();
    const now = (await audit('/checkpoint')).body.data;
    const { from, path, checkpoint } = (await audit(`/consistency?from=${old.size}`)).body.data;
    expect([from, checkpoint]).toEqual([old.size, now]);
    const grown = (proof: string[]) =>
      consistent(old.size, now.size, hex(old.root), hex(now.root), proof.map(hex));
    expect([grown(path), grown([old.root])]).toEqual([true, false]);
    for (const line of (await audit('?limit=100')).body.data) {
      const proof = (await audit(`/inclusion?recordId=${line.id}`)).body.data;
      const leaf = RFC9162.leaf(Buffer.from(proof.leaf));
      const holds = (hash: Buffer) =>
        includes(hash, proof.index, now.size, proof.path.map(hex), hex(now.root));
      expect([holds(leaf), holds(RFC9162.leaf(Buffer.from(`${proof.leaf} `)))]).toEqual([
        true,
        false,
      ]);
      expect(JSON.parse(proof.leaf)).toMatchObject({ id: uuidOf(line.id), action: line.action });
      const opened = sha256Bytes(Buffer.concat([hex(proof.salt), Buffer.from(`ip\0=${line.ip}`)]));
      expect(JSON.parse(proof.leaf).ip).toBe(opened.toString('hex'));
    }
  });

  test('a proof of nothing: unknown, foreign, too young, beyond the tree', async () => {
    const stranger = await anApp(await aSeller(server.url));
    const [young] = (await audit('?limit=1')).body.data;
    await app.license();
    await server.takeIn();
    const [younger] = (await audit('?limit=1')).body.data;
    expect(younger.id).not.toBe(young.id);
    const answers = [
      await audit(`/inclusion?recordId=${younger.id}`),
      await audit(`/inclusion?recordId=aud_${'0'.repeat(32)}`),
      await stranger.seller.get(`/v1/admin/audit/inclusion?recordId=${young.id}`),
      await audit('/consistency?from=999999'),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'AUDIT_NOT_COVERED'],
      [404, 'AUDIT_RECORD_NOT_FOUND'],
      [404, 'AUDIT_RECORD_NOT_FOUND'],
      [400, 'INVALID_INPUT'],
    ]);
    const { requestId: _one, ...foreign } = answers[1]!.body;
    const { requestId: _two, ...missing } = answers[2]!.body;
    expect(foreign).toEqual(missing);
  });
});

import { randomBytes } from 'node:crypto';
import { readCheckpoints, verifyDump } from '../src/modules/audit';
import { commit } from '../src/modules/audit/commitments';
import { checkpointText, leafText } from '../src/modules/audit/domain/leaf';
import { GrowingTree, keyIdOf, leafHash, signingKey } from '../src/platform/crypto';
import { row, Row } from './report';

const RECORDS = 100_000;

/** How many records of a dump `audit verify` holds against a signed checkpoint in a second. */
export async function auditRate(): Promise<Row[]> {
  const { dump, checkpoints } = written(RECORDS);
  const started = performance.now();
  const exported = await readCheckpoints(checkpoints, null);
  const { entries, bad } = await verifyDump(dump, exported);
  const perSecond = RECORDS / ((performance.now() - started) / 1_000);
  if (entries !== RECORDS || bad) throw new Error('the dump of the benchmark is not good');
  return [
    row('A-05', 'audit records verified per second', perSecond, 20_000, 'least', {
      records: RECORDS,
    }),
  ];
}

/** A dump and its one checkpoint, as the server would write them. */
function written(count: number): { dump: string[]; checkpoints: string[] } {
  const tree = new GrowingTree();
  const leaves: Buffer[] = [];
  const dump: string[] = [];
  for (let seq = 0; seq < count; seq++) {
    const record = recordOf(seq);
    const salt = randomBytes(32);
    const hashes = commit(salt, record);
    const leaf = leafHash(leafText(record, hashes));
    tree.append(leaf);
    leaves.push(leaf);
    const kept = { ipHash: hashes.ip, detailsHash: hashes.details, erasedBy: null };
    dump.push(JSON.stringify({ seq, ...kept, ...record, salt: salt.toString('hex') }));
  }
  const key = signingKey(randomBytes(32));
  const [root, issuedAt] = [tree.root.toString('hex'), new Date().toISOString()];
  const line = {
    size: count,
    root,
    issuedAt,
    keyId: keyIdOf(key.publicKey),
    publicKey: key.publicKey.toString('base64'),
    signature: key.sign(checkpointText(count, root, issuedAt)).toString('base64'),
    from: 0,
    leaves: Buffer.concat(leaves).toString('base64'),
  };
  return { dump, checkpoints: [JSON.stringify(line)] };
}

function recordOf(seq: number) {
  const id = `0199f0c8-a9e8-7d3f-9b1c-${seq.toString(16).padStart(12, '0')}`;
  return {
    id,
    at: '2025-06-15T12:00:00.123456Z',
    sellerId: id,
    appId: id,
    actorKind: 'app-user',
    actorId: id,
    action: 'client.login',
    targetKind: 'session',
    targetId: id,
    outcome: 'granted',
    severity: 'info',
    requestId: `4f1c0a9e2b${seq}`,
    ip: '192.0.2.7',
    details: `{"hwid": "HWID-${seq}", "username": "john${seq}"}`,
  };
}

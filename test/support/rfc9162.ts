import { createHash, createPublicKey, verify } from 'node:crypto';

/**
 * RFC 9162 a second time, written from its text and not from our code: what the server proves must
 * convince somebody who never saw it.
 */

/** How leaves and nodes are told apart; without prefixes a node can pass for a leaf. */
export interface Hashing {
  readonly leaf: (data: Buffer) => Buffer;
  readonly node: (left: Buffer, right: Buffer) => Buffer;
}

const sha256 = (...parts: Buffer[]) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/** 2.1.1. */
export const RFC9162: Hashing = {
  leaf: (data) => sha256(Buffer.from([0]), data),
  node: (left, right) => sha256(Buffer.from([1]), left, right),
};

/** What must not be done. */
export const UNPREFIXED: Hashing = { leaf: (data) => sha256(data), node: sha256 };

/** 2.1.1: MTH(D[n]), by its recursive definition. */
export function treeHash(leaves: readonly Buffer[], hashing: Hashing = RFC9162): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashing.node(treeHash(leaves.slice(0, k), hashing), treeHash(leaves.slice(k), hashing));
}

/** 2.1.3.2: verifying an inclusion proof. */
export function includes(
  leafHash: Buffer,
  index: number,
  size: number,
  path: readonly Buffer[],
  root: Buffer,
  { node }: Hashing = RFC9162,
): boolean {
  if (index >= size) return false;
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let r = leafHash;
  for (const p of path) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      r = node(p, r);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = node(r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && r.equals(root);
}

/** 2.1.4.2: verifying that the second tree only adds to the first. */
export function consistent(
  first: number,
  second: number,
  firstHash: Buffer,
  secondHash: Buffer,
  path: readonly Buffer[],
): boolean {
  if (first === second) return path.length === 0 && firstHash.equals(secondHash);
  if (first < 1 || first > second || path.length === 0) return false;
  const proof = (first & (first - 1)) === 0 ? [firstHash, ...path] : [...path];
  let fn = BigInt(first) - 1n;
  let sn = BigInt(second) - 1n;
  while ((fn & 1n) === 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let [fr, sr] = [proof[0]!, proof[0]!];
  for (const c of proof.slice(1)) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      fr = RFC9162.node(c, fr);
      sr = RFC9162.node(c, sr);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = RFC9162.node(sr, c);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return fr.equals(firstHash) && sr.equals(secondHash) && sn === 0n;
}

/** A checkpoint as the API answers it. */
export interface CheckpointAnswer {
  readonly size: number;
  readonly root: string;
  readonly issuedAt: string;
  readonly publicKey: string;
  readonly signature: string;
}

/** The signature of a checkpoint, by what docs/audit.md says of its text. */
export function isSigned({
  size,
  root,
  issuedAt,
  publicKey,
  signature,
}: CheckpointAnswer): boolean {
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.from(publicKey, 'base64').toString('base64url'),
  };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const text = `latchkey audit checkpoint\n${size}\n${root}\n${issuedAt}\n`;
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'));
}

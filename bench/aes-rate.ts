import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const SEGMENT = randomBytes(65_536);

/** Prints how many MiB a second of AES-256-GCM this machine opens, in segments of 64 KiB. */
function main(seconds: number): void {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(SEGMENT), cipher.final()]);
  const tag = cipher.getAuthTag();
  const started = performance.now();
  const end = started + seconds * 1_000;
  let segments = 0;
  while (performance.now() < end) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAuthTag(tag);
    decipher.update(sealed);
    decipher.final();
    segments++;
  }
  const took = (performance.now() - started) / 1_000;
  console.log((segments * SEGMENT.length) / 1_048_576 / took);
}

main(Number(process.argv[2]));

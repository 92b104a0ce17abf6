/**
 * How fast a stream becomes an age file: the native chunk stream that Clawback writes, and the library's own.
 * `node bench/seal.ts [MiB]`; the ratio is what counts, the speeds are this machine's.
 */
import { randomBytes } from 'node:crypto';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { drain } from '../src/core/archive/met.ts';
import { seal } from '../src/core/archive/sealed.ts';

const MiB = 1024 * 1024;
const size = Number(process.argv[2] ?? 256);
const piece = randomBytes(MiB);
const recipient = await identityToRecipient(await generateX25519Identity());

async function* plain(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let index = 0; index < size; index++) yield await Promise.resolve(piece);
}

async function library(): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  await drain(await encrypter.encrypt(ReadableStream.from(plain())));
}

async function speedOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return size / ((performance.now() - began) / 1000);
}

const native = await speedOf(() => drain(seal(plain(), [recipient])));
const own = await speedOf(library);
console.log(`native chunks    ${native.toFixed(0).padStart(5)} MiB/s`);
console.log(`age-encryption   ${own.toFixed(0).padStart(5)} MiB/s`);
console.log(`ratio            ${(native / own).toFixed(1).padStart(5)}`);

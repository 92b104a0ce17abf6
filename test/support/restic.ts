import { execFile } from 'node:child_process';
import { createCipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PASSWORD = 'for tests';

/** The real restic on a repository whose snapshots are made here: its own way takes a second for each. */
export class ResticRepository {
  readonly #directory: string;
  readonly #keys: MasterKey;

  private constructor(directory: string, keys: MasterKey) {
    this.#directory = directory;
    this.#keys = keys;
  }

  static async init(directory: string): Promise<ResticRepository> {
    await restic(directory, ['init']);
    const masterKey = await restic(directory, ['cat', 'masterkey']);
    await replaceKey(directory, masterKey);
    const { encrypt, mac } = JSON.parse(masterKey) as { encrypt: string; mac: { k: string; r: string } };
    const bytes = (text: string) => Buffer.from(text, 'base64');
    return new ResticRepository(directory, { encrypt: bytes(encrypt), k: bytes(mac.k), r: bytes(mac.r) });
  }

  /** A repository with the same keys and what snapshots this one has. */
  async copy(directory: string): Promise<ResticRepository> {
    await cp(this.#directory, directory, { recursive: true });
    return new ResticRepository(directory, this.#keys);
  }

  /**
   * Adds snapshots to one group.
   *
   * @param times with the offset of a time zone, as restic writes them: `2026-11-22T20:34:37+01:00`
   */
  async add(group: string, times: readonly string[]): Promise<void> {
    for (const time of times) {
      const snapshot = { time, tree: '00'.repeat(32), paths: ['/x'], hostname: group, username: 'root' };
      const sealed = sealForRestic(Buffer.from(JSON.stringify(snapshot)), this.#keys);
      const id = createHash('sha256').update(sealed).digest('hex');
      const directory = join(this.#directory, 'snapshots');
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, id), sealed);
    }
  }

  /** What `restic forget` would keep of each group and why, by time. */
  async forget(flags: readonly string[], timezone: string): Promise<Map<string, Map<string, readonly string[]>>> {
    const answer = await restic(
      this.#directory,
      ['forget', '--dry-run', '--json', '--no-lock', '--group-by', 'host', ...flags],
      { TZ: timezone },
    );
    const groups = JSON.parse(answer) as {
      host: string;
      reasons: { snapshot: { time: string }; matches: string[] }[] | null;
    }[];
    return new Map(
      groups.map(({ host, reasons }) => [
        host,
        new Map((reasons ?? []).map(({ snapshot, matches }) => [new Date(snapshot.time).toISOString(), matches])),
      ]),
    );
  }
}

/** True since 0.16, which also keeps the oldest snapshot while a rule has periods left to fill. */
export async function resticKeepsTheOldest(): Promise<boolean> {
  const [, major, minor] = /^restic (\d+)\.(\d+)/.exec((await run('restic', ['version'])).stdout) ?? [];
  return Number(major) > 0 || Number(minor) >= 16;
}

async function restic(repository: string, words: readonly string[], env = {}): Promise<string> {
  const { stdout } = await run('restic', ['--repo', repository, '--no-cache', '--quiet', ...words], {
    env: { PATH: process.env['PATH'], RESTIC_PASSWORD: PASSWORD, ...env },
    maxBuffer: 2 ** 30,
  });
  return stdout;
}

/** Puts a key that costs little to unlock in place of restic's own, each use of which takes half a second. */
async function replaceKey(repository: string, masterKey: string): Promise<void> {
  const [N, r, p, salt] = [1024, 8, 1, randomBytes(64)];
  const derived = scryptSync(PASSWORD, salt, 64, { N, r, p });
  const keys = { encrypt: derived.subarray(0, 32), k: derived.subarray(32, 48), r: derived.subarray(48) };
  const data = sealForRestic(Buffer.from(masterKey), keys).toString('base64');
  const created = new Date(0).toISOString();
  const text = JSON.stringify({ created, kdf: 'scrypt', N, r, p, salt: salt.toString('base64'), data });
  const directory = join(repository, 'keys');
  await rm(directory, { recursive: true });
  await mkdir(directory);
  await writeFile(join(directory, createHash('sha256').update(text).digest('hex')), text);
}

interface MasterKey {
  readonly encrypt: Buffer;
  readonly k: Buffer;
  readonly r: Buffer;
}

/** restic's own form: a nonce, AES-256-CTR, and a Poly1305-AES code; `restic` itself checks that this is right. */
function sealForRestic(plaintext: Buffer, { encrypt, k, r }: MasterKey): Buffer {
  const nonce = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', encrypt, nonce);
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const block = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false);
  const pad = block.update(nonce);
  return Buffer.concat([nonce, sealed, poly1305(sealed, r, pad)]);
}

/** As in "The Poly1305-AES message-authentication code", Bernstein 2005. */
function poly1305(message: Buffer, key: Buffer, pad: Buffer): Buffer {
  const prime = (1n << 130n) - 5n;
  const r = littleEndian(key) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const part = message.subarray(at, at + 16);
    sum = ((sum + littleEndian(part) + (1n << BigInt(8 * part.length))) * r) % prime;
  }
  const code = (sum + littleEndian(pad)) & ((1n << 128n) - 1n);
  return Buffer.from(code.toString(16).padStart(32, '0'), 'hex').reverse();
}

function littleEndian(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/**
 * Made `test/golden/format-1`, once: `node test/golden/make.ts DIRECTORY`. What it makes differs each time (keys, nonces), so a
 * snapshot that is checked in is never made again: it must open for ever as it is.
 */
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hostLock } from '../../src/adapters/lock.ts';
import { fileStorage } from '../../src/adapters/storage/file.ts';
import type { Snapshot } from '../../src/core/archive/snapshot.ts';
import { backup } from '../../src/core/backup.ts';
import { noHooks } from '../support/no-hooks.ts';
import { storedSource } from '../../src/core/archive/stored.ts';
import { openHeld } from '../../src/core/open-held.ts';
import { formatIdentityFile } from '../../src/core/keys/identity-file.ts';
import { generateIdentity, recipientOf } from '../../src/core/keys/identity.ts';
import { generateSigningSecret, publicKeyOf } from '../../src/core/keys/signing.ts';
import { state2026_9 } from '../unit/core/openclaw/states.ts';
import { tree } from '../support/temporary.ts';

const CREATED_AT = '2026-11-22T20:34:37Z';
/** Fixed, since the captured paths stand in the manifest. */
const HOME = '/tmp/clawback-golden';

async function make(directory: string): Promise<void> {
  await rm(HOME, { recursive: true, force: true });
  const stateDir = join(HOME, '.openclaw');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await state2026_9(stateDir);
  await everyKindOfPath(stateDir);

  const storage = join(directory, 'storage');
  await mkdir(storage, { recursive: true });
  const destination = { name: 'golden', storage: fileStorage(new URL(`file://${storage}`)) };
  const [identity, signingSecret] = [await generateIdentity('x25519'), generateSigningSecret()];
  const signers = [publicKeyOf(signingSecret)];
  const env = { OPENCLAW_GATEWAY_TOKEN: 'golden token', TELEGRAM_BOT_TOKEN: `12:"it's" \`both\`` };
  const host = { env, home: HOME, uid: 0, hostname: 'golden', platform: 'linux', arch: 'x64', nodeVersion: '24.16.0' };
  const { snapshot } = await backup(
    {
      ...{ host, stateDir, instance: 'golden', createdAt: CREATED_AT, environment: 'sealed', canary: null },
      ...{ recipients: [await recipientOf(identity)], signingSecret, destinations: [destination], catchUp: true },
      ...{ diet: { exclude: [], include: [], own: [] }, workDir: join(HOME, 'work'), full: 'always' },
    },
    { lock: hostLock(join(HOME, 'locks'), () => CREATED_AT), hooks: noHooks, onBytes: () => undefined },
    new AbortController().signal,
  );
  await writeFile(
    join(directory, 'identity.txt'),
    await formatIdentityFile(identity, { createdAt: CREATED_AT, signers }),
  );

  const reading = { keyring: { identities: [identity] }, trust: { signers, allowUnsigned: false } };
  const opened: Snapshot = await openHeld(snapshot, storedSource(destination.storage, snapshot), reading);
  const listing = { key: snapshot.key, manifest: opened.manifest, entries: await opened.entries() };
  await writeFile(join(directory, 'listing.json'), `${JSON.stringify(listing, undefined, 2)}\n`);
  await rm(HOME, { recursive: true });
}

/** Long and unusual names, links inside and out, an empty file, an empty directory, an old time, a closed mode. */
async function everyKindOfPath(stateDir: string): Promise<void> {
  const deep = join(stateDir, 'workspace', 'päivä', '日本語'.repeat(20), 'ein recht langer Name '.repeat(9).trim());
  await tree(stateDir, {
    'workspace/MEMORY.md': '# what the agent remembers\n',
    'workspace/empty': '',
    'workspace/nothing here': null,
    'workspace/link inside': { link: 'MEMORY.md' },
    'workspace/link outside': { link: '/usr/share/zoneinfo' },
    'media/photo.bin': Buffer.alloc(70_000, 'not quite random '),
  });
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'naïve 🦞.txt'), 'found\n', { mode: 0o640 });
  await symlink(`../${'up/'.repeat(40)}far`, join(deep, 'dangling'));
  await utimes(join(stateDir, 'workspace', 'empty'), 1_000_000_000, 1_000_000_000.123);
}

await make(resolve(process.argv[2] ?? 'test/golden/new'));

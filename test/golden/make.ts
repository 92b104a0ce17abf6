/**
 * Made `test/golden/format-1` and `format-2`, once each: `node test/golden/make.ts DIRECTORY FORMAT`. What it makes differs each
 * time (keys, nonces), so a snapshot that is checked in is never made again: it must open for ever as it is.
 */
import { appendFile, chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hostLock } from '../../src/adapters/lock.ts';
import { fileStorage } from '../../src/adapters/storage/file.ts';
import { backup, type BackupOutcome } from '../../src/core/backup.ts';
import { TarThread } from '../../src/core/capture/tar-thread.ts';
import { catalog } from '../../src/core/catalog.ts';
import { openWhole } from '../../src/core/open-held.ts';
import { formatIdentityFile } from '../../src/core/keys/identity-file.ts';
import { generateIdentity, recipientOf } from '../../src/core/keys/identity.ts';
import { generateSigningSecret, publicKeyOf } from '../../src/core/keys/signing.ts';
import { state2026_9 } from '../unit/core/openclaw/states.ts';
import { noHooks } from '../support/no-hooks.ts';
import { tree } from '../support/temporary.ts';

const CREATED_AT = '2026-11-22T20:34:37Z';
const LATER = '2026-11-22T21:34:37Z';
/** Fixed, since the captured paths stand in the manifest. */
const HOME = '/tmp/clawback-golden';
const NEVER = new AbortController().signal;

/** @param format of the snapshot that the listing is of: a full one, or a differential one on that. */
async function make(directory: string, format: 1 | 2): Promise<void> {
  await rm(HOME, { recursive: true, force: true });
  const stateDir = join(HOME, '.openclaw');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await state2026_9(stateDir);
  await everyKindOfPath(stateDir);
  if (format === 2) await largeFiles(join(stateDir, 'workspace'));

  const storage = join(directory, 'storage');
  await mkdir(storage, { recursive: true });
  const destination = { name: 'golden', storage: fileStorage(new URL(`file://${storage}`)) };
  const [identity, signingSecret] = [await generateIdentity('x25519'), generateSigningSecret()];
  const signers = [publicKeyOf(signingSecret)];
  const env = { OPENCLAW_GATEWAY_TOKEN: 'golden token', TELEGRAM_BOT_TOKEN: `12:"it's" \`both\`` };
  const host = { env, home: HOME, uid: 0, hostname: 'golden', platform: 'linux', arch: 'x64', nodeVersion: '24.16.0' };
  const take = async (createdAt: string): Promise<BackupOutcome> => {
    await using thread = new TarThread();
    return await backup(
      {
        ...{
          host,
          stateDir,
          instance: 'golden',
          createdAt,
          begunAt: Date.parse(createdAt),
          environment: 'sealed',
          canary: null,
        },
        ...{ recipients: [await recipientOf(identity)], signingSecret, destinations: [destination], catchUp: true },
        ...{ diet: { exclude: [], include: [], own: [] }, workDir: join(HOME, 'work') },
        full: { every: Infinity, whenDifferentialExceeds: Infinity },
      },
      { lock: hostLock(join(HOME, 'locks'), () => CREATED_AT), thread, hooks: noHooks, onBytes: () => undefined },
      NEVER,
    );
  };
  await take(CREATED_AT);
  if (format === 2) {
    await everyKindOfChange(stateDir);
    await take(LATER);
  }
  await writeFile(
    join(directory, 'identity.txt'),
    await formatIdentityFile(identity, { createdAt: CREATED_AT, signers }),
  );

  const reading = { keyring: { identities: [identity] }, trust: { signers, allowUnsigned: false } };
  const [newest] = (await catalog([destination], null, NEVER)).snapshots;
  if (newest === undefined) throw new Error('nothing was stored');
  const opened = await openWhole(newest, { ...reading, signal: NEVER, onLeave: () => undefined });
  const listing = { key: newest.key, manifest: opened.manifest, entries: await opened.entries() };
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

/** Large enough to be compared block by block, and quickly compressed. */
async function largeFiles(workspace: string): Promise<void> {
  await writeFile(join(workspace, 'log.jsonl'), Buffer.alloc(1_200_000, 'one line like the other\n'));
  await writeFile(join(workspace, 'large.bin'), Buffer.alloc(1_100_000, 'large '));
  using database = new DatabaseSync(join(workspace, 'notes.sqlite'));
  database.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); BEGIN');
  const insert = database.prepare('INSERT INTO notes (text) VALUES (?)');
  for (let row = 0; row < 1000; row++) insert.run('a note that is as long as notes are, '.repeat(40));
  database.exec('COMMIT');
}

/** Changed pages of a database and blocks of a log, a moved file, another mode, something new, something gone. */
async function everyKindOfChange(stateDir: string): Promise<void> {
  const workspace = join(stateDir, 'workspace');
  using database = new DatabaseSync(join(workspace, 'notes.sqlite'));
  database.exec("UPDATE notes SET text = 'changed' WHERE id = 700; INSERT INTO notes (text) VALUES ('new')");
  await appendFile(join(workspace, 'log.jsonl'), 'one more\n');
  await rename(join(workspace, 'large.bin'), join(workspace, 'moved.bin'));
  await chmod(join(workspace, 'MEMORY.md'), 0o600);
  await writeFile(join(workspace, "what's new"), 'new\n');
  await rm(join(workspace, 'empty'));
}

const [, , directory = 'test/golden/new', format = '1'] = process.argv;
await make(resolve(directory), format === '2' ? 2 : 1);

import { chmod, chown, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { hostLock } from '../../src/adapters/lock.ts';
import { encodeSignature } from '../../src/core/archive/trust.ts';
import { generateIdentity } from '../../src/core/keys/identity.ts';
import { type Gateway, startGateway } from '../support/openclaw.ts';
import { plant, signerOf, store } from '../support/planted.ts';
import { protect, type Protected, snapshotNames } from '../support/protected.ts';
import { Runs } from '../support/refusal.ts';
import { directory, file, SIGNING_SECRET } from '../support/snapshots.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';

const PROVIDER_KEY = `sk-${crypto.randomUUID()}`;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let gateway: Gateway;
let installation: Protected;
let configFile: string;
let config: string;
/** Key and sealed bytes of a good snapshot. */
let good: { readonly key: string; readonly bytes: Buffer };
let target: string;
let runs: Runs;

beforeAll(async () => {
  place = await temporaryDirectory();
  const home = join(place.path, 'home');
  await tree(join(home, '.openclaw'), { '.env': `PROVIDER_KEY=${PROVIDER_KEY}\n`, 'workspace/note.txt': 'captured' });
  gateway = await startGateway({ openclaw: inject('openclaw'), home });
  installation = await protect(home, inject('openclaw'));
  runs = new Runs(installation);
  configFile = join(home, '.config', 'clawback', 'config.json5');
  config = await readFile(configFile, 'utf8');
  target = join(home, 'target');
  await installation.must('backup');
  const [name = ''] = await snapshotNames(join(installation.nas, 'prod-1'));
  good = { key: `prod-1/${name}`, bytes: await readFile(join(installation.nas, 'prod-1', name)) };
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

/** Writes a config that differs from the installation's; gives `--config` and its path. */
async function withConfig(change: (text: string) => string): Promise<string[]> {
  const path = join(dirname(configFile), `${crypto.randomUUID()}.json5`);
  await writeFile(path, change(config), { mode: 0o600 });
  return ['--config', path];
}

/** An empty directory that stands for another storage. */
async function storage(name: string): Promise<string> {
  const path = join(installation.home, 'storages', name);
  await mkdir(join(path, 'prod-1'), { recursive: true });
  return path;
}

async function expectTargetUntouched(): Promise<void> {
  expect(await readdir(target).catch(() => [])).toEqual([]);
  expect((await readdir(installation.home)).filter((name) => name.startsWith('.clawback-'))).toEqual([]);
}

describe('a stored snapshot that is not as it was written', () => {
  const damaged = {
    truncated: () => [[good.key, good.bytes.subarray(0, -100)]],
    'truncated to nothing': () => [[good.key, Buffer.alloc(0)]],
    'bit-flipped in its content': () => [[good.key, flipped(good.bytes, good.bytes.length >> 1)]],
    'altered in its header': () => [[good.key, respelled(good.bytes, 40)]],
    renamed: () => [[good.key.replace(/\/\d{8}/, '/20200101'), good.bytes]],
  } satisfies Record<string, () => [string, Buffer][]>;

  test.each(Object.entries(damaged))('%s: verify says so, restore refuses', async (name, objects) => {
    const from = await storage(name.replaceAll(' ', '-'));
    for (const [key, bytes] of objects()) await store(from, key, bytes);
    // Where the recipients stand: nobody can tell it from a snapshot that was sealed to others.
    await expectBad(from, name === 'altered in its header' ? 'NO_IDENTITY' : 'INTEGRITY');
  });

  test('swapped with another: verify says so of both, restore refuses both', async () => {
    const from = await storage('swapped');
    await installation.must('backup');
    const [one = '', two = ''] = await snapshotNames(join(installation.nas, 'prod-1'));
    await cp(join(installation.nas, 'prod-1', one), join(from, 'prod-1', two));
    await cp(join(installation.nas, 'prod-1', two), join(from, 'prod-1', one));
    await expectBad(from);
    await rm(join(installation.nas, 'prod-1', basename(good.key) === one ? two : one));
  });

  /** Every snapshot of this storage. */
  async function expectBad(from: string, code = 'INTEGRITY'): Promise<void> {
    for (const name of await snapshotNames(join(from, 'prod-1'))) {
      const id = name.split('.')[0] ?? '';
      const verified = await runs.run(['verify', id, '--from', from, '--json']);
      expect(verified.code, verified.stdout).toBe(4);
      const { results } = JSON.parse(verified.stdout) as { results: { ok: boolean; problems: unknown[] }[] };
      expect(results).toMatchObject([
        { id, ok: false, problems: expect.arrayContaining([expect.anything()]) as unknown },
      ]);
      const refusal = { exit: code === 'INTEGRITY' ? 4 : 6, code, says: /./ };
      await runs.expectRefused(['restore', id, '--from', from, '--target', target], refusal);
      await expectTargetUntouched();
    }
  }

  test.each(['unsigned', 'signed by another instance'])('%s: refused', async (which) => {
    const from = await storage(which.replaceAll(' ', '-'));
    const captured = [directory('state'), file('state/openclaw.json', '{}')];
    const stranger = (manifest: Buffer): string => encodeSignature(SIGNING_SECRET, manifest);
    await plant(installation, from, { captured, sign: which === 'unsigned' ? () => '' : stranger });
    expect((await runs.run(['verify', '--from', from])).code).toBe(4);
    const refusal = { exit: 4, code: 'UNTRUSTED', says: /sign/ };
    await runs.expectRefused(['restore', '--from', from, '--target', target], refusal);
    await runs.expectRefused(['drill', '--from', from], refusal);
    await expectTargetUntouched();
  });

  test('a hostile archive is refused, though the trusted key signed it', async () => {
    const from = await storage('hostile');
    const captured = [directory('state'), file('state/../../../evil', 'x')];
    await plant(installation, from, { captured, sign: await signerOf(installation) });
    expect((await runs.run(['verify', '--from', from])).code).toBe(4);
    const refusal = { exit: 4, code: 'INTEGRITY', says: /evil/ };
    await runs.expectRefused(['restore', '--from', from, '--target', target], refusal);
    await expectTargetUntouched();
  });
});

describe('a restore that must not be', () => {
  test('with an identity that is not one of its recipients', async () => {
    const stranger = join(installation.home, 'stranger.txt');
    await writeFile(stranger, `${await generateIdentity('x25519')}\n`, { mode: 0o600 });
    const refusal = { exit: 6, code: 'NO_IDENTITY', says: /identit/ };
    await runs.expectRefused(['restore', '--identity', stranger, '--target', target], refusal);
    await expectTargetUntouched();
  });

  test('of a snapshot that does not exist', async () => {
    const refusal = { exit: 7, code: 'NOT_FOUND', says: /20010101/ };
    await runs.expectRefused(['restore', '20010101', '--target', target], refusal);
  });

  test('into a directory that is not empty', async () => {
    await tree(target, { mine: 'precious' });
    await runs.expectRefused(['restore', '--target', target], { exit: 1, code: 'TARGET', says: /not empty/ });
    expect(await readFile(join(target, 'mine'), 'utf8')).toBe('precious');
    expect(await readdir(target)).toEqual(['mine']);
    await rm(target, { recursive: true });
  });

  test('in place while the Gateway runs', async () => {
    const refusal = { exit: 1, code: 'GATEWAY_RUNNING', says: new RegExp(`process ${gateway.pid}`) };
    await runs.expectRefused(['restore', '--in-place'], refusal);
    expect(await readdir(gateway.stateDir)).toContain('workspace');
    expect(await gateway.call('health')).toMatchObject({ ok: true });
  });

  test.each(['1m', 'exactly'])(
    'to a disk that is too small, where it shows at once and where it does not: %s',
    async (share) => {
      const { bytes } = (await installation.json('show', 'latest')) as { bytes: number };
      // All contents fit, and no directory or last block of a file.
      const size = share === '1m' ? share : String(Math.ceil(bytes / 4096) * 4096);
      await mkdir(target);
      await stock('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', target]);
      try {
        const refusal = { exit: 1, code: 'NO_SPACE', says: /full|free/ };
        await runs.expectRefused(['restore', '--target', target, '--no-drill'], refusal);
        await expectTargetUntouched();
      } finally {
        await stock('umount', [target]);
        await rm(target, { recursive: true });
      }
    },
  );
});

describe('a backup that cannot be', () => {
  test('for no recipient', async () => {
    const nobody = await withConfig((text) => text.replaceAll(/^ *'age1.*\n/gm, ''));
    await runs.expectRefused(['backup', ...nobody], { exit: 2, code: 'CONFIG', says: /recipient/ });
  });

  test('with an unknown key in the config, which is named with its line', async () => {
    const wrong = await withConfig((text) => text.replace('{\n', "{\n  recipents: ['age1'],\n"));
    await runs.expectRefused(['backup', ...wrong], {
      exit: 2,
      code: 'CONFIG',
      says: /line 3: unknown key recipents/,
    });
  });

  test('of a state directory that is missing, or empty', async () => {
    const empty = join(installation.home, 'empty');
    await mkdir(empty);
    for (const [stateDir, says] of [
      [`${empty}-not`, /does not exist/],
      [empty, /is empty/],
    ] as const) {
      const elsewhere = await withConfig((text) => text.replace(gateway.stateDir, stateDir));
      await runs.expectRefused(['backup', ...elsewhere], { exit: 1, code: 'STATE', says });
    }
  });

  test('into the state directory itself', async () => {
    const inside = join(gateway.stateDir, 'backups');
    const within = await withConfig((text) => text.replace(`file://${installation.nas}`, `file://${inside}`));
    const refusal = { exit: 2, code: 'CONFIG', says: /which is backed up/ };
    await runs.expectRefused(['backup', ...within], refusal);
    const init = ['init', '--destination', inside, '--instance', 'other', '--yes'];
    await runs.expectRefused([...init, '--config', join(installation.home, 'new.json5')], {
      ...refusal,
      says: /state directory/,
    });
  });

  test('while another run works on the instance', async () => {
    await using _held = await hostLock(join(installation.workDir, 'locks'), () => 'now').acquire('prod-1');
    await runs.expectRefused(['backup'], { exit: 5, code: 'LOCKED', says: new RegExp(`process ${process.pid}`) });
  });

  test('and none of these has stored anything', async () => {
    expect(await snapshotNames(join(installation.nas, 'prod-1'))).toEqual([basename(good.key)]);
    expect(await readdir(join(installation.workDir, 'staging'))).toEqual([]);
    expect(await readdir(join(installation.workDir, 'spool', 'prod-1'))).toEqual([]);
  });
});

test('what another user may not read is named and makes the backup suspect; all else is in it', async () => {
  const uid = 12_345;
  const home = join(place.path, 'other');
  const state = join(home, '.openclaw');
  await tree(state, { 'openclaw.json': '{}', 'workspace/mine': 'x', 'credentials/theirs': 'x', 'locked/away': 'x' });
  await mkdir(join(home, 'nas'));
  await stock('chown', ['-R', `${uid}:${uid}`, home]);
  for (const path of ['credentials/theirs', 'locked']) {
    await chown(join(state, path), 0, 0);
    await chmod(join(state, path), 0o700);
  }
  await chmod(place.path, 0o755);
  const options = { uid, env: { ...installation.env, HOME: home }, cwd: home };
  expect(await runs.run(['init', '--destination', join(home, 'nas'), '--yes'], options)).toMatchObject({
    code: 0,
    stderr: '',
  });
  const { code, stdout } = await runs.run(['backup', '--json'], options);
  expect(code).toBe(4);
  const { warnings } = JSON.parse(stdout) as { warnings: unknown[] };
  for (const path of ['state/credentials/theirs', 'state/locked']) {
    expect(warnings).toContainEqual({ path, message: 'cannot be read: EACCES', severity: 'damage' });
  }
  expect(await runs.run(['cat', 'latest', 'state/workspace/mine'], options)).toMatchObject({ code: 0, stdout: 'x' });

  await chmod(state, 0o000);
  await runs.expectRefused(['backup'], { exit: 1, code: 'STATE', says: /may not be read/ }, { ...options });
});

test('no run has printed a secret', async () => {
  const keys = join(installation.home, '.config', 'clawback');
  const lines = await Promise.all(
    ['identity.txt', 'signing-key.txt', 'recovery-kit.txt'].map((name) => readFile(join(keys, name), 'utf8')),
  );
  const secrets = lines.flatMap((text) => text.match(/AGE-SECRET-KEY-\S+|(?<=ed25519-secret:)\S+/g) ?? []);
  expect(secrets).toHaveLength(3);
  const everything = runs.printed.join('\n');
  expect(everything.length).toBeGreaterThan(5000);
  for (const secret of [...secrets, gateway.token, PROVIDER_KEY]) expect(everything).not.toContain(secret);
});

/** Another letter of base64: a flipped bit would at times make one that is none, and so a header that is no header. */
function respelled(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(copy.toString('latin1', at, at + 1) === 'A' ? 'B' : 'A', at, 'latin1');
  return copy;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

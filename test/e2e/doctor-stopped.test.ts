import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DoctorReport } from '../../src/core/doctor/report.ts';
import { LAUNCHER, runCli } from '../support/cli.ts';
import { failingStart } from '../support/failing-start.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { freePort, startGateway } from '../support/openclaw.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { boundVolume, loopVolume, makeReadOnly, memoryVolume, overlayVolume } from '../support/volumes.ts';

/** A deployment of its own, which a case breaks. */
interface Deployment {
  readonly home: string;
  readonly stateDir: string;
  readonly configPath: string;
  /** Ends with the case. */
  readonly scope: AsyncDisposableStack;
}

/** What to examine it with, besides the variables of its home. */
interface How {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Breakage {
  /** What was done to it. */
  readonly name: string;
  /** The finding that must come first. */
  readonly first: string;
  readonly severity?: 'fail' | 'warn';
  /** What its evidence must show. */
  readonly shows?: RegExp;
  readonly make: (deployment: Deployment) => Promise<How | undefined>;
}

const TOKEN = 'f00dfeed'.repeat(6);
const NOBODY = 65_534;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
/** A state that a real Gateway wrote, with a browser paired, and left in order. */
let seed: string;
let port: number;
let count = 0;

beforeAll(async () => {
  place = await temporaryDirectory();
  await chmod(place.path, 0o755);
  seed = join(place.path, 'seed', '.openclaw');
  port = await freePort();
  await using gateway = await startGateway({
    openclaw: inject('openclaw'),
    home: join(place.path, 'seed'),
    secret: TOKEN,
    port,
  });
  await pairDevice(gateway, { kind: 'ui', name: 'browser' });
  await gateway.stop();
  await rm(join(seed, 'cache'), { recursive: true });
  await writeFile(join(seed, '.env'), `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`, { mode: 0o600 });
});

afterAll(() => place[Symbol.asyncDispose]());

describe('where a Gateway should run', () => {
  test.each<Breakage>([
    { name: 'stopped in order', first: 'not-running', shows: /ended with clean_stop/, make: () => asItIs },
    {
      name: 'killed',
      first: 'not-running',
      shows: /killed, or crashed/,
      make: (one) => database(one, 'UPDATE gateway_boot_lifecycle SET outcome = NULL, completed_at_ms = NULL'),
    },
    {
      name: 'killed again and again',
      first: 'restart-loop',
      shows: /5 starts within 15 minutes/,
      make: (one) =>
        database(
          one,
          `INSERT INTO gateway_boot_lifecycle (boot_id, pid, started_at_ms)
           SELECT 'b' || value, value, (SELECT max(started_at_ms) FROM gateway_boot_lifecycle) + value * 20000
           FROM json_each('[1,2,3,4,5]')`,
        ),
    },
    { name: 'with an empty home', first: 'state-missing', make: ({ stateDir }) => gone(stateDir) },
    {
      name: 'with an empty state directory',
      first: 'state-missing',
      shows: /is empty/,
      make: async ({ stateDir }) => {
        await gone(stateDir);
        await mkdir(stateDir);
        return undefined;
      },
    },
    { name: 'without a config', first: 'config-missing', make: ({ configPath }) => gone(configPath) },
    {
      name: 'with a config that was cut off',
      first: 'config-parse',
      make: async ({ configPath }) => {
        await truncate(configPath, 120);
        return undefined;
      },
    },
    {
      name: 'with a config that says nothing',
      first: 'config-invalid',
      shows: /gateway\.mode/,
      make: (one) => config(one, () => ({})),
    },
    {
      name: 'with an include that is gone',
      first: 'include-missing',
      shows: /gone\.json5/,
      make: (one) => config(one, (was) => ({ ...was, $include: './gone.json5' })),
    },
    {
      name: 'with a reference to a secret that nobody sets',
      first: 'secret-missing',
      make: (one) =>
        config(one, (was) => ({
          ...was,
          gateway: {
            ...was.gateway,
            auth: { mode: 'token', token: { source: 'env', provider: 'default', id: 'NO_SUCH_SECRET' } },
          },
        })),
    },
    {
      name: 'open to all without a token',
      first: 'bind-without-auth',
      make: async (one) => {
        await gone(join(one.stateDir, '.env'));
        return config(one, (was) => ({ ...was, gateway: { ...was.gateway, bind: 'lan', auth: { mode: 'token' } } }));
      },
    },
    {
      name: 'with the mark that config get prints for its token',
      first: 'token-redacted',
      make: (one) =>
        config(one, (was) => ({
          ...was,
          gateway: { ...was.gateway, auth: { mode: 'token', token: '__OPENCLAW_REDACTED__' } },
        })),
    },
    {
      name: 'with files of another user',
      first: 'owner',
      shows: /state\/openclaw\.sqlite to user 65534/,
      make: ({ stateDir }) => {
        execFileSync('chown', [`${NOBODY}:${NOBODY}`, join(stateDir, 'state', 'openclaw.sqlite')]);
        return asItIs;
      },
    },
    {
      name: 'on a full disk',
      first: 'disk-full',
      make: async (one) => {
        await onVolume(one, { mebibytes: 48 });
        await fill(one.stateDir);
        return undefined;
      },
    },
    {
      name: 'on a disk that can hold no more files',
      first: 'inodes',
      make: async (one) => {
        await onVolume(one, { mebibytes: 64, inodes: 400 });
        for (let index = 0; index < 400; index += 1) {
          const isFull = await writeFile(join(one.stateDir, `file-${index}`), '').then(
            () => false,
            () => true,
          );
          if (isFull) break;
        }
        return undefined;
      },
    },
    {
      name: 'on a disk that became read-only',
      first: 'read-only',
      make: async (one) => {
        await onVolume(one, { mebibytes: 64 });
        makeReadOnly(one.stateDir);
        return undefined;
      },
    },
    {
      name: 'with a damaged control database',
      first: 'database-corrupt',
      make: async ({ stateDir }) => {
        await damage(join(stateDir, 'state', 'openclaw.sqlite'));
        return undefined;
      },
    },
    {
      name: 'while another program has its port',
      first: 'port-in-use',
      shows: /process \d+/,
      make: async ({ scope }) => {
        const server = createServer().listen(port, '127.0.0.1');
        await once(server, 'listening');
        scope.defer(() => void server.close());
        return undefined;
      },
    },
    {
      name: 'whose token is in this shell and not in its unit',
      first: 'token-missing',
      shows: /set in this shell/,
      make: async ({ home, stateDir }) => {
        await gone(join(stateDir, '.env'));
        const units = join(home, '.config', 'systemd', 'user');
        await mkdir(units, { recursive: true });
        await writeFile(join(units, 'openclaw-gateway.service'), '[Service]\nExecStart=openclaw gateway run\n');
        return { env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } };
      },
    },
    {
      name: 'while another state directory was written later',
      first: 'split-brain',
      shows: /OPENCLAW_STATE_DIR in/,
      make: async ({ home, stateDir }) => {
        await mkdir(join(home, 'volume'));
        await cp(stateDir, join(home, 'volume', 'state-of-old'), { recursive: true });
        await new Promise((resolve) => setTimeout(resolve, 20));
        const other = join(home, '.clawdbot');
        await cp(stateDir, other, { recursive: true });
        return { env: { OPENCLAW_STATE_DIR: join(home, 'volume', 'state-of-old') } };
      },
    },
  ])('$name: $first comes first', async (breakage) => {
    await expectFirst(breakage);
  });

  test('whose volume is not mounted: that comes first, not that the directory is empty', async () => {
    await using one = await deployment();
    await gone(one.stateDir);
    await mkdir(one.stateDir);
    const table = join(one.home, 'fstab');
    await writeFile(table, `UUID=0000 ${one.stateDir} ext4 nofail 0 2\n`);
    // /etc/fstab is the machine's: it is another one in a mount namespace of its own.
    const script = `mount --bind ${table} /etc/fstab && exec "$@"`;
    const before = ['unshare', '--mount', 'sh', '-c', script, 'sh', process.execPath];
    const report = await doctorBehind(before, one);
    expect(report.findings[0]).toMatchObject({ id: 'volume-not-mounted', severity: 'fail' });
  });
});

describe('at rest, as a stopped volume or a restored copy', () => {
  test.each<Breakage>([
    {
      name: 'in the write layer of a container',
      first: 'storage-fleeting',
      severity: 'warn',
      shows: /overlay/,
      make: (one) => atRest(one, overlayVolume),
    },
    {
      name: 'in memory',
      first: 'storage-fleeting',
      severity: 'warn',
      shows: /tmpfs/,
      make: (one) => atRest(one, memoryVolume),
    },
    {
      name: 'in an emptyDir',
      first: 'storage-fleeting',
      severity: 'warn',
      shows: /emptyDir/,
      make: (one) =>
        atRest(one, (path) =>
          boundVolume(join(one.home, 'pods', '1f2e', 'volumes', 'kubernetes.io~empty-dir', 'state'), path),
        ),
    },
    {
      name: 'in a volume without a name',
      first: 'storage-anonymous',
      severity: 'warn',
      make: (one) =>
        atRest(one, (path) => boundVolume(join(one.home, 'docker', 'volumes', 'a1'.repeat(32), '_data'), path)),
    },
    {
      name: 'on the system disk of a cloud',
      first: 'storage-system-disk',
      severity: 'warn',
      make: ({ stateDir }) =>
        Promise.resolve({ argv: ['--state-dir', stateDir, '--platform', 'alibaba'], env: { HOME: '/' } }),
    },
    {
      name: 'beside the volume of the platform',
      first: 'volume-elsewhere',
      severity: 'warn',
      shows: /RAILWAY_VOLUME_MOUNT_PATH/,
      make: async (one) => {
        const how = await atRest(one, (path) => loopVolume(path, { mebibytes: 64 }));
        return {
          argv: [...how.argv, '--platform', 'railway'],
          env: { RAILWAY_VOLUME_MOUNT_PATH: '/data' },
        };
      },
    },
    {
      name: 'with another token than the browsers know',
      first: 'token-changed',
      severity: 'warn',
      shows: /browser/,
      make: async (one) => {
        const how = await atRest(one, (path) => loopVolume(path, { mebibytes: 64 }));
        await writeFile(join(how.stateDir, '.env'), `OPENCLAW_GATEWAY_TOKEN=${'cafe'.repeat(12)}\n`);
        return how;
      },
    },
    {
      name: 'without the value of its token',
      first: 'token-missing',
      severity: 'warn',
      make: async (one) => {
        const how = await atRest(one, (path) => loopVolume(path, { mebibytes: 64 }));
        await gone(join(how.stateDir, '.env'));
        return how;
      },
    },
    {
      name: 'with a damaged database',
      first: 'database-corrupt',
      make: async (one) => {
        const how = await atRest(one, (path) => loopVolume(path, { mebibytes: 64 }));
        await damage(join(how.stateDir, 'state', 'openclaw.sqlite'));
        return how;
      },
    },
  ])('$name: $first comes first', async (breakage) => {
    await expectFirst(breakage);
  });

  test('on a disk of its own nothing is wrong, and nothing is changed by looking', async () => {
    await using one = await deployment();
    const { stateDir, argv } = await atRest(one, (path) => loopVolume(path, { mebibytes: 64 }));
    const before = await imprint(stateDir);
    const { report, code } = await examined(one, { argv });
    expect(report.findings.filter(({ severity }) => severity === 'fail' || severity === 'warn')).toEqual([]);
    expect(code).toBe(0);
    expect(report.findings).toContainEqual(expect.objectContaining({ id: 'schema', severity: 'info' }));
    expect(report.layers.find(({ layer }) => layer === 'process')).toMatchObject({ verdict: 'not-judged' });
    expect(await imprint(stateDir)).toEqual(before);
    expect(JSON.stringify(report)).not.toContain(TOKEN);
  });
});

describe('what a real Gateway says when it does not start', () => {
  const CASES: readonly (Breakage & {
    readonly exit: number | string;
    readonly environment?: Record<string, string>;
    readonly before?: readonly string[];
  })[] = [
    {
      name: 'an unknown key in the config',
      first: 'config-invalid',
      exit: 78,
      shows: /Unrecognized key: "bindd"/,
      make: (one) => config(one, (was) => ({ ...was, gateway: { ...was.gateway, bindd: 'lan' } })),
    },
    {
      name: 'a secret that nobody sets',
      first: 'secret-missing',
      exit: 'SIGKILL',
      shows: /secret/,
      make: (one) =>
        config(one, (was) => ({
          ...was,
          gateway: {
            ...was.gateway,
            auth: { mode: 'token', token: { source: 'env', provider: 'default', id: 'NO_SUCH_SECRET' } },
          },
        })),
    },
    {
      name: 'no token beyond the loopback',
      first: 'bind-without-auth',
      exit: 78,
      shows: /Refusing to bind gateway to lan without auth/,
      make: async (one) => {
        await gone(join(one.stateDir, '.env'));
        return config(one, (was) => ({ ...was, gateway: { ...was.gateway, bind: 'lan', auth: { mode: 'token' } } }));
      },
    },
    {
      name: 'a schema newer than itself',
      first: 'schema-newer',
      exit: 78,
      shows: /schema version 99|schema 99/,
      make: (one) => database(one, 'PRAGMA user_version = 99'),
    },
    {
      name: 'a lease of another Gateway',
      first: 'lock-held',
      exit: 1,
      make: (one) =>
        database(
          one,
          `INSERT INTO state_leases (scope, lease_key, owner, expires_at, heartbeat_at, payload_json, created_at, updated_at)
           VALUES ('gateway-owner', 'global', 'other-host', (unixepoch() + 300) * 1000, unixepoch() * 1000, '{}', unixepoch() * 1000, unixepoch() * 1000)`,
        ),
    },
    {
      name: 'a heap that is too small',
      first: 'out-of-memory',
      exit: 'SIGABRT',
      shows: /heap out of memory/,
      environment: { NODE_OPTIONS: '--max-old-space-size=40' },
      make: () => asItIs,
    },
    {
      name: 'a full disk',
      first: 'disk-full',
      exit: 78,
      shows: /ENOSPC|disk is full/,
      make: async (one) => {
        await onVolume(one, { mebibytes: 48 }, one.home);
        await fill(one.home);
        return undefined;
      },
    },
    {
      name: 'a damaged control database',
      first: 'database-corrupt',
      exit: 78,
      shows: /malformed|not a database/,
      make: async ({ stateDir }) => {
        await damage(join(stateDir, 'state', 'openclaw.sqlite'));
        return undefined;
      },
    },
  ];

  test.each(CASES)('$name: $first comes first, with the line of its log', async (breakage) => {
    await using one = await deployment();
    await breakage.make(one);
    const log = `${one.home}.log`;
    const start = {
      openclaw: inject('openclaw'),
      home: one.home,
      log,
      environment: breakage.environment ?? {},
      before: breakage.before ?? [],
    };
    expect(await failingStart(start)).toBe(breakage.exit);
    const { report, code } = await examined(one, { argv: ['--log', log] });
    expect(report.findings[0]).toMatchObject({ id: breakage.first, severity: 'fail' });
    expect(report.findings[0]?.evidence).toContain(`${log} says: `);
    if (breakage.shows !== undefined) expect(report.findings[0]?.evidence).toMatch(breakage.shows);
    expect(code).toBe(4);
  });
});

async function deployment(): Promise<Deployment & AsyncDisposable> {
  const scope = new AsyncDisposableStack();
  const home = join(place.path, `case-${(count += 1)}`, 'home');
  const stateDir = join(home, '.openclaw');
  await mkdir(home, { recursive: true });
  await cp(seed, stateDir, { recursive: true, preserveTimestamps: true });
  return {
    home,
    stateDir,
    configPath: join(stateDir, 'openclaw.json'),
    scope,
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

async function expectFirst({ first, severity = 'fail', shows, make }: Breakage): Promise<void> {
  await using one = await deployment();
  const { report, code } = await examined(one, (await make(one)) ?? {});
  expect(report.findings[0]).toMatchObject({ id: first, severity });
  if (shows !== undefined) expect(report.findings[0]?.evidence).toMatch(shows);
  expect(report.findings[0]?.fix).not.toEqual([]);
  expect(code).toBe(severity === 'fail' ? 4 : 0);
  expect(JSON.stringify(report)).not.toContain(TOKEN);
}

/** This machine may itself be a container: what is judged here are plain deployments, unless a case says otherwise. */
async function examined(
  { home }: Deployment,
  { argv = [], env = {} }: How,
): Promise<{ report: DoctorReport; code: number }> {
  const platform = argv.includes('--platform') ? [] : ['--platform', 'linux'];
  const { stdout, code } = await runCli(['doctor', '--json', ...platform, ...argv], { env: { HOME: home, ...env } });
  return { report: JSON.parse(stdout) as DoctorReport, code };
}

function doctorBehind([program = '', ...before]: readonly string[], { home }: Deployment): Promise<DoctorReport> {
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
  const words = [...before, LAUNCHER, 'doctor', '--json', '--platform', 'linux'];
  return new Promise((resolve) => {
    execFile(program, words, { env }, (_error, stdout) => {
      resolve(JSON.parse(stdout) as DoctorReport);
    });
  });
}

type GatewayConfig = Record<string, unknown> & { gateway?: Record<string, unknown> };

const asItIs = Promise.resolve(undefined);

async function gone(path: string): Promise<undefined> {
  await rm(path, { recursive: true });
  return undefined;
}

async function config({ configPath }: Deployment, change: (was: GatewayConfig) => GatewayConfig): Promise<undefined> {
  const was = JSON.parse(await readFile(configPath, 'utf8')) as GatewayConfig;
  await writeFile(configPath, JSON.stringify(change(was), undefined, 2));
  return undefined;
}

function database({ stateDir }: Deployment, statement: string): Promise<undefined> {
  using opened = new DatabaseSync(join(stateDir, 'state', 'openclaw.sqlite'));
  opened.exec(statement);
  return Promise.resolve(undefined);
}

/** Writes noise over the pages after the first, which says what they are. */
async function damage(path: string): Promise<void> {
  await rm(`${path}-wal`, { force: true });
  await using file = await open(path, 'r+');
  await file.write(Buffer.alloc(40 * 4096, 0xa5), 0, 40 * 4096, 4096);
}

/** Moves the state, or the whole home, onto a disk of its own, at the same path. */
async function onVolume(
  { stateDir, scope }: Deployment,
  disk: { mebibytes: number; inodes?: number },
  path = stateDir,
): Promise<void> {
  const aside = `${path}-aside`;
  await cp(path, aside, { recursive: true });
  await rm(path, { recursive: true });
  scope.use(await loopVolume(path, disk));
  await cp(aside, path, { recursive: true });
}

async function fill(path: string): Promise<void> {
  await writeFile(join(path, 'filler'), Buffer.alloc(64 * 1024 * 1024)).catch(() => undefined);
}

/** A copy of the state somewhere else, on what `mount` makes there. */
async function atRest(
  { home, stateDir, scope }: Deployment,
  mount: (path: string) => Promise<AsyncDisposable>,
): Promise<{ stateDir: string; argv: string[] }> {
  const path = join(home, 'mnt', 'volume');
  scope.use(await mount(path));
  const copy = join(path, '.openclaw');
  await cp(stateDir, copy, { recursive: true });
  await rm(stateDir, { recursive: true });
  return { stateDir: copy, argv: ['--state-dir', copy] };
}

/** Every path with the hash of its content. */
async function imprint(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const hashed = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [
      path,
      entry.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : 'directory',
    ];
  });
  return Object.fromEntries(await Promise.all(hashed)) as Record<string, string>;
}

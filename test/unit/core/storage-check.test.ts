import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { checkStorage, type StorageCheckReport } from '../../../src/core/storage-check.ts';
import { ClawbackError } from '../../../src/ports/errors.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { runCli } from '../../support/cli.ts';
import { loopback } from '../../support/servers/loopback.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

let clock = 0;
const PORTS = {
  now: () => (clock += 5),
  serverTime: () => Promise.resolve<Date | null>(null),
  onStep: () => undefined,
};

function check(storage: Storage, signal = new AbortController().signal): Promise<StorageCheckReport> {
  return checkStorage(storage, PORTS, signal);
}

/** A memory storage that does one thing otherwise. */
function odd(difference: (sound: Storage) => Partial<Storage>): { storage: Storage; sound: Storage } {
  const sound = memoryStorage();
  const methods: Storage = {
    location: sound.location,
    put: (key, body, options) => sound.put(key, body, options),
    get: (key, options) => sound.get(key, options),
    list: (prefix, options) => sound.list(prefix, options),
    delete: (key, options) => sound.delete(key, options),
    sweep: (prefix, options) => sound.sweep(prefix, options),
  };
  return { storage: { ...methods, ...difference(sound) }, sound };
}

function statuses({ steps }: StorageCheckReport): Record<string, string> {
  return Object.fromEntries(steps.map(({ id, status }) => [id, status]));
}

const denied = (): Promise<never> => Promise.reject(new ClawbackError('DENIED', 'access denied'));

describe('the check of a storage', () => {
  test('is content with one that keeps the contract, and leaves nothing there', async () => {
    const storage = memoryStorage();
    const report = await check(storage);
    expect(report.ok).toBe(true);
    expect(new Set(Object.values(statuses(report)))).toEqual(new Set(['ok']));
    expect(report.steps).toHaveLength(10);
    expect(report.steps.every(({ seconds }) => seconds > 0)).toBe(true);
    expect(report.steps.find(({ id }) => id === 'large')?.evidence).toMatch(/20 MiB up at [\d.]+ MiB\/s, down at/);
    expect(await Array.fromAsync(storage.list(''))).toEqual([]);
  });

  test('leaves what others keep there alone', async () => {
    const storage = memoryStorage();
    await storage.put('prod/x', new Blob(['x']));
    await check(storage);
    expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'prod/x', size: 1 }]);
  });

  test.each([
    [
      'overwrites',
      'overwrite',
      (sound: Storage): Partial<Storage> => ({
        put: async (key, body) => {
          await sound.delete(key);
          await sound.put(key, body);
        },
      }),
    ],
    [
      'lists in another order',
      'list',
      (sound: Storage): Partial<Storage> => ({
        list: async function* (prefix) {
          yield* (await Array.fromAsync(sound.list(prefix))).toReversed();
        },
      }),
    ],
    ['ignores ranges', 'range', (sound: Storage): Partial<Storage> => ({ get: (key) => sound.get(key) })],
    [
      'gives an empty object for a missing one',
      'missing',
      (sound: Storage): Partial<Storage> => ({
        get: (key, options) => sound.get(key, options).catch(() => new Blob([]).stream() as AsyncIterable<Uint8Array>),
      }),
    ],
    ['does not delete what it says it has', 'delete', (): Partial<Storage> => ({ delete: () => Promise.resolve() })],
  ])('says no to one that %s, and how to mend it', async (_, id, difference) => {
    const report = await check(odd(difference).storage);
    expect(report.ok).toBe(false);
    expect(report.steps.filter(({ status }) => status === 'fail')).toMatchObject([
      { id, fix: expect.stringMatching(/./) as string },
    ]);
  });

  test('takes credentials that may put and list, and not read or delete, with remarks', async () => {
    const { storage } = odd(() => ({ get: denied, delete: denied, sweep: denied }));
    const report = await check(storage);
    expect(report.ok).toBe(true);
    expect(statuses(report)).toEqual({
      clock: 'ok',
      write: 'ok',
      list: 'ok',
      overwrite: 'ok',
      large: 'ok',
      read: 'warn',
      range: 'warn',
      missing: 'warn',
      delete: 'warn',
      sweep: 'warn',
    });
    expect(report.steps.find(({ id }) => id === 'delete')?.evidence).toMatch(
      /write-once.*clawback-check-[0-9a-f]{16}\//,
    );
  });

  test('goes no further where nothing can be stored, and passes the hint on', async () => {
    const failing = new ClawbackError('DENIED', 'may not put', { hint: 'allow s3:PutObject' });
    const { storage } = odd(() => ({ put: () => Promise.reject(failing) }));
    const report = await check(storage);
    expect(report.steps).toMatchObject([{ id: 'clock' }, { id: 'write', status: 'fail', fix: 'allow s3:PutObject' }]);
  });

  test.each([
    [0, 'ok', /^within a second$/],
    [-20_000, 'ok', /^20 s apart$/],
    [-90_000, 'warn', /^the clock of this host is 90 s ahead of that of the storage$/],
    [20 * 60_000, 'warn', /^the clock of this host is 1200 s behind that of the storage$/],
  ])('tells how far the clocks are apart: %i ms', async (ahead, status, evidence) => {
    const serverTime = (): Promise<Date> => Promise.resolve(new Date(clock + ahead));
    const report = await checkStorage(memoryStorage(), { ...PORTS, serverTime }, new AbortController().signal);
    expect(report.ok).toBe(true);
    expect(report.steps[0]).toMatchObject({ id: 'clock', status, evidence: expect.stringMatching(evidence) as string });
    expect(report.steps[0]?.fix !== undefined).toBe(status === 'warn');
  });

  test('goes on where the server does not tell its time', async () => {
    const serverTime = (): Promise<Date> => Promise.reject(new ClawbackError('UNAVAILABLE', 'no answer in 10 s'));
    const report = await checkStorage(memoryStorage(), { ...PORTS, serverTime }, new AbortController().signal);
    expect(report.steps.map(({ id, status }) => [id, status]).slice(0, 2)).toEqual([
      ['clock', 'warn'],
      ['write', 'ok'],
    ]);
  });

  test('cleans up after a failure and after an interruption', async () => {
    const aborter = new AbortController();
    const { storage, sound } = odd((inner) => ({
      put: async (key, body, options) => {
        await inner.put(key, body, options);
        if (key.endsWith('large')) aborter.abort(new ClawbackError('ABORTED', 'interrupted'));
      },
    }));
    await expect(check(storage, aborter.signal)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await Array.fromAsync(sound.list(''))).toEqual([]);
  });
});

describe('clawback storage check', () => {
  test('asks the server of a storage for its time', async () => {
    await using home = await temporaryDirectory();
    await using server = await loopback(({ response }) => {
      response.writeHead(403, { date: new Date(Date.now() - 600_000).toUTCString() }).end();
      return Promise.resolve();
    });
    const location = `webdav://${new URL(server.origin).host}/claw`;
    const run = await runCli(['storage', 'check', location, '--json'], { env: { HOME: home.path } });
    expect(run.code).toBe(4);
    expect(JSON.parse(run.stdout)).toMatchObject({
      steps: [
        { id: 'clock', status: 'warn', evidence: expect.stringMatching(/ (59\d|60\d) s ahead/) as string },
        { id: 'write', status: 'fail' },
      ],
    });
  }, 60_000);

  test('exits 0 for a sound directory, prints a step a line, and leaves the directory as it was', async () => {
    await using home = await temporaryDirectory();
    await using nas = await temporaryDirectory();
    const { code, stdout } = await runCli(['storage', 'check', nas.path], { env: { HOME: home.path } });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^check of file:.*\n\n {2}ok {4}has the same time as this host.*\n {8}it tells no time[^]*\n {2}ok {4}stores an object/,
    );
    expect(stdout).toMatch(/\nfit for backups\n$/);
    expect(await readdir(nas.path)).toEqual([]);
  });

  test('exits 4 with a report where a step fails', async () => {
    await using home = await temporaryDirectory();
    const run = await runCli(['storage', 'check', '/dev/null', '--json'], { env: { HOME: home.path } });
    expect(run.code).toBe(4);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ok: false,
      steps: [{ id: 'clock' }, { id: 'write', status: 'fail' }],
    });
  }, 60_000);

  test('exits 2 for a scheme that nobody speaks', async () => {
    await using home = await temporaryDirectory();
    expect((await runCli(['storage', 'check', 'gopher://x'], { env: { HOME: home.path } })).code).toBe(2);
  });
});

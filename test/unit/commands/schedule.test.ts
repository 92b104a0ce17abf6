import { execFileSync } from 'node:child_process';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostTimezone } from '../../../src/cli/host-timezone.ts';
import type { ScheduleInstallResult } from '../../../src/commands/schedule-install.ts';
import type { ScheduleStatusResult } from '../../../src/commands/schedule-status.ts';
import { LAUNCHER, runCli } from '../../support/cli.ts';
import { listing } from '../../support/listing.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;

beforeEach(async () => {
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  one = await protect(scope.path, '/bin/false');
});

afterEach(() => scope[Symbol.asyncDispose]());

const clawback = (...argv: readonly string[]) => runCli(argv, { env: one.env, cwd: one.home });

const USER = ['--format', 'systemd', '--scope', 'user'];

async function install(...argv: readonly string[]): Promise<ScheduleInstallResult> {
  const { code, stdout } = await clawback('schedule', 'install', ...argv, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as ScheduleInstallResult;
}

async function status(): Promise<ScheduleStatusResult & { readonly code: number }> {
  const { code, stdout } = await clawback('schedule', 'status', '--json');
  return { ...(JSON.parse(stdout) as ScheduleStatusResult), code };
}

async function setSchedule(text: string): Promise<void> {
  const file = join(one.home, '.config', 'clawback', 'config.json5');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/\}\s*$/, `schedule: ${text},\n}\n`));
}

test('systemd gets the units of the user once, gets them anew when the schedule changes, and loses every trace of them', async () => {
  await clawback('schedule', 'status');
  const before = await listing(one.home);
  const first = await install(...USER);
  const units = join(one.home, '.config', 'systemd', 'user');
  expect(first).toMatchObject({ instance: 'prod-1', format: 'systemd', place: units });
  expect(first.changed).toContain('clawback-prod-1-backup.timer');
  // What systemctl itself has made of `WantedBy=`.
  expect(await readdir(join(units, 'timers.target.wants'))).toContain('clawback-prod-1-backup.timer');
  expect(await status()).toMatchObject({
    code: 0,
    schedulers: [{ installed: true, upToDate: true }, {}, {}],
    daemon: false,
  });

  expect((await install(...USER)).changed).toEqual([]);
  expect((await clawback('schedule', 'install', ...USER)).stdout).toMatch(
    /^nothing to change: the schedule of prod-1 is already in /,
  );

  await setSchedule(`{ backup: '5 3 * * *', drill: null }`);
  expect(await status()).toMatchObject({ code: 4, schedulers: [{ installed: true, upToDate: false }, {}, {}] });
  const again = await install(...USER);
  expect([...again.changed].sort()).toEqual([
    'clawback-prod-1-backup.timer',
    'clawback-prod-1-drill.service',
    'clawback-prod-1-drill.timer',
  ]);
  expect(again.jobs[0]).toMatchObject({
    job: 'backup',
    expression: '5 3 * * *',
    next: expect.stringMatching(/T03:05:00Z$/) as string,
  });
  expect(await readdir(join(units, 'timers.target.wants'))).not.toContain('clawback-prod-1-drill.timer');

  expect((await clawback('schedule', 'uninstall', ...USER)).stdout).toMatch(/^removed from /);
  expect((await clawback('schedule', 'uninstall', ...USER)).stdout).toMatch(
    /^nothing to change: nothing of prod-1 is in /,
  );
  expect((await status()).code).toBe(4);
  const left = Object.keys(await listing(one.home)).filter((path) => !(path in before));
  // Directories that others may use by now.
  expect(left.filter((path) => path.includes('clawback'))).toEqual([]);
});

test('cron gets lines between marks in the crontab of the user, and the others stay as they are', async () => {
  await setSchedule(`{ timezone: '${hostTimezone()}' }`);
  const others = '# mine\nMAILTO=ada@example.org\n5 5 * * 5 /bin/true';
  const say = (...argv: readonly string[]): string =>
    `"${process.execPath}" "${LAUNCHER}" schedule ${argv.join(' ')} --format cron`;
  // A mount namespace with a spool of its own, so that the crontabs of this machine stay as they are.
  const script = `
    mount -t tmpfs tmpfs /var/spool/cron && mkdir /var/spool/cron/crontabs
    chgrp crontab /var/spool/cron/crontabs && chmod 1730 /var/spool/cron/crontabs
    ${say('install')} >alone && crontab -l >only && ${say('uninstall')} >gone && crontab -l >none 2>&1
    printf '${others.replaceAll('\n', String.raw`\n`)}\n' | crontab -
    ${say('install')} && crontab -l >first && ${say('install')} >second && crontab -l >same
    "${process.execPath}" "${LAUNCHER}" schedule status >status
    ${say('uninstall')} && crontab -l >last`;
  execFileSync('unshare', ['--mount', 'sh', '-e', '-c', script.replace('>none 2>&1', '>none 2>&1 || true')], {
    cwd: one.home,
    env: one.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const read = (name: string): Promise<string> => readFile(join(one.home, name), 'utf8');
  const first = await read('first');
  expect(first.startsWith(`${others}\n# BEGIN clawback prod-1:`)).toBe(true);
  expect(first).toMatch(/\n17 \* \* \* \* .* backup --config .*config\.json5 >\/dev\/null\n/);
  expect(first.endsWith('# END clawback prod-1\n')).toBe(true);
  expect(await read('same')).toBe(first);
  expect(await read('second')).toContain('nothing to change');
  expect(await read('status')).toMatch(/cron +the crontab of \w+: installed/);
  expect(await read('last')).toBe(`${others}\n`);
  expect(first).toContain(await read('only'));
  expect(await read('none')).toContain('no crontab for');
});

test('the system keeps units of its own, below /etc', async () => {
  const say = (word: string): string => `"${process.execPath}" "${LAUNCHER}" schedule ${word} --scope system`;
  const script = `
    mount -t tmpfs tmpfs /etc/systemd/system
    ${say('install')} --json >installed && ls -R /etc/systemd/system >there
    ${say('uninstall')} && ls -AR /etc/systemd/system >left`;
  execFileSync('unshare', ['--mount', 'sh', '-e', '-c', script], {
    cwd: one.home,
    env: one.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const read = (name: string): Promise<string> => readFile(join(one.home, name), 'utf8');
  expect(JSON.parse(await read('installed'))).toMatchObject({ place: '/etc/systemd/system' });
  expect(await read('there')).toMatch(/timers\.target\.wants:\nclawback-prod-1-backup\.timer\n/);
  expect(await read('left')).not.toContain('clawback');
});

test('what is printed needs no rights, and is what is installed', async () => {
  const { files } = JSON.parse((await clawback('schedule', 'print', ...USER, '--json')).stdout) as {
    files: readonly { name: string; text: string }[];
  };
  await install(...USER);
  for (const { name, text } of files) {
    expect(await readFile(join(one.home, '.config', 'systemd', 'user', name), 'utf8')).toBe(text);
  }
  const secret = await readFile(join(one.home, '.config', 'clawback', 'identity.txt'), 'utf8');
  const key = /AGE-SECRET-KEY-\S+/.exec(secret)?.[0] ?? 'none';
  for (const format of ['systemd', 'compose']) {
    const { stdout, code } = await clawback('schedule', 'print', '--format', format);
    expect([code, stdout.includes(key)]).toEqual([0, false]);
  }
});

test('variables for the config come from a file beside it, if there is one', async () => {
  const file = join(one.home, '.config', 'clawback', 'clawback.env');
  expect((await clawback('schedule', 'print', ...USER)).stdout).not.toContain('--env-file');
  await appendFile(file, 'S3_KEY=x\n', { mode: 0o600 });
  expect((await clawback('schedule', 'print', ...USER)).stdout).toContain(`--env-file=${file} `);
});

test.each([
  [['install', '--format', 'kubernetes'], 2, 'schedule print --format kubernetes | kubectl apply'],
  [['install', '--format', 'launchd'], 2, 'launchd is the scheduler of macOS'],
  [['print', '--format', 'kubernetes'], 2, 'every destination is a directory of this host'],
  [['print', '--format', 'at'], 2, 'Allowed choices are systemd, cron, launchd, kubernetes, compose'],
])('schedule %j exits %i', async (argv, code, message) => {
  const result = await clawback('schedule', ...argv);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(message);
});

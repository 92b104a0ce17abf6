import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DoctorReport } from '../../../src/core/doctor/report.ts';
import { runCli } from '../../support/cli.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

test('a platform that nobody knows is refused, and the known ones are named', async () => {
  await using home = await temporaryDirectory();
  const { code, stderr } = await runCli(['doctor', '--platform', 'nosuch'], { env: { HOME: home.path } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/error: no platform is called nosuch\n.*hint: known are zeabur, .*linux/);
});

test('a log that is not there is said to be missing, instead of doing without', async () => {
  await using home = await temporaryDirectory();
  const { code, stderr } = await runCli(['doctor', '--log', 'gone.log'], { env: { HOME: home.path }, cwd: home.path });
  expect(code).toBe(7);
  expect(stderr).toContain(`no log at ${join(home.path, 'gone.log')}`);
});

test('a host without OpenClaw is told where it was looked for, with exit 4, in text, JSON and commands', async () => {
  await using home = await temporaryDirectory();
  const options = { env: { HOME: home.path } };
  const text = await runCli(['doctor', '--platform', 'linux'], options);
  expect(text.code).toBe(4);
  expect(text.stdout).toMatch(/^Linux\n[\s\S]*\n {2}FAIL {2}there is no state where OpenClaw looks for it\n/);
  expect(text.stdout).toContain(`${home.path}/.openclaw`);
  expect(text.stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  const { stdout } = await runCli(['doctor', '--platform', 'linux', '--json'], options);
  expect((JSON.parse(stdout) as DoctorReport).findings[0]).toMatchObject({ id: 'state-missing', severity: 'fail' });
  const fixes = await runCli(['doctor', '--platform', 'linux', '--fix'], options);
  expect(fixes.stdout).toMatch(/^# there is no state where OpenClaw looks for it\n/);
  expect(fixes.code).toBe(4);
});

test('a restored directory without anything running is examined as it lies, and stays as it was', async () => {
  await using home = await temporaryDirectory();
  const config = { gateway: { mode: 'local', auth: { mode: 'token', token: 'a-literal-token' } } };
  await tree(home.path, { 'restored/openclaw.json': JSON.stringify(config), 'restored/state/note': '' });
  const argv = ['doctor', '--json', '--platform', 'linux', '--state-dir', 'restored'];
  const { stdout, code } = await runCli(argv, { env: { HOME: home.path }, cwd: home.path });
  const report = JSON.parse(stdout) as DoctorReport;
  expect(report.facts.stateDir).toEqual({ value: join(home.path, 'restored'), found: 'named with --state-dir' });
  expect(report.layers.filter(({ verdict }) => verdict === 'not-judged').map(({ layer }) => layer)).toEqual([
    'process',
    'port',
    'bind',
    'probe',
  ]);
  expect(report.facts.tokenSource.value).toMatch(/survives with the state directory/);
  expect(stdout).not.toContain('a-literal-token');
  expect(code).toBe(0);
});

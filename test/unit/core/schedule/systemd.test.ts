import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { LocalPlan } from '../../../../src/core/schedule/plan.ts';
import { type SystemdScope, systemdUnits } from '../../../../src/core/schedule/systemd.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { localPlan } from './plans.ts';

const run = promisify(execFile);

/** What `systemd-analyze verify` has to say of the units; it exits with an error if there is anything. */
async function verify(plan: LocalPlan, scope: SystemdScope): Promise<string> {
  await using directory = await temporaryDirectory();
  const units = systemdUnits(plan, scope);
  for (const { name, text } of units) await writeFile(join(directory.path, name), text);
  const paths = units.map(({ name }) => join(directory.path, name));
  const { stdout, stderr } = await run('systemd-analyze', [`--${scope}`, '--man=no', 'verify', ...paths], {
    env: { ...process.env, XDG_RUNTIME_DIR: directory.path },
  }).catch((error: unknown) => error as { readonly stdout: string; readonly stderr: string });
  return `${stdout}${stderr}`.split(directory.path).join('…');
}

it.each(['user', 'system'] as const)('systemd finds nothing to say against the units of the %s', async (scope) => {
  expect(await verify(localPlan(), scope)).toBe('');
});

it('systemd reads paths with spaces, quotes, dollars and percent signs as they are', async () => {
  await using directory = await temporaryDirectory();
  const odd = join(directory.path, `it's a "$HOME" 100%h \\ way`);
  // Of a command systemd takes no quotes and no backslashes.
  const bin = join(directory.path, 'a $HOME 100%h way');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  const plan = localPlan({
    program: [join(bin, 'node'), join(odd, 'clawback.js')],
    variables: { PATH: `/usr/bin:${odd}` },
    configFile: join(odd, 'config.json5'),
    identity: join(odd, 'identity'),
    ownDirectories: [odd],
    destinations: [odd],
  });
  // It looks whether the command is there: with a word misread, it is not.
  expect(await verify(plan, 'user')).toBe('');
  expect(await verify({ ...plan, program: [join(bin, 'edon'), 'x'] }, 'user')).toContain('is not executable');
});

it('hands secrets over by credentials, and keeps what is captured read-only', () => {
  const [backup] = systemdUnits(localPlan(), 'system');
  expect(backup?.name).toBe('clawback-prod-1-backup.service');
  expect(backup?.text.split('\n')).toEqual(
    expect.arrayContaining([
      `ExecStart=${process.execPath} --env-file=/home/ada/.config/clawback/clawback.env /usr/lib/clawback/bin/clawback.js backup --config /home/ada/.config/clawback/config.json5`,
      'LoadCredential=identity:/home/ada/.config/clawback/identity.txt',
      'Environment=CLAWBACK_IDENTITY=%d/identity',
      'ProtectSystem=strict',
      'ProtectHome=read-only',
      'ReadWritePaths=/home/ada/.local/state/clawback',
      'ReadWritePaths=-/mnt/nas/claw',
    ]),
  );
});

it('makes up for what was missed, and does not start all hosts at once', () => {
  const timer = systemdUnits(localPlan(), 'user').find(({ name }) => name === 'clawback-prod-1-drill.timer');
  expect(timer?.text).toMatch(/^OnCalendar=\*-01,04,07,10-01 09:00:00 UTC$/m);
  expect(timer?.text).toMatch(/^Persistent=yes$/m);
  expect(timer?.text).toMatch(/^RandomizedDelaySec=300s$/m);
});

it('gives a host that can only write no identity, and the drill no sandbox', () => {
  const texts = systemdUnits(localPlan({ identity: null }), 'system').map(({ text }) => text);
  expect(texts.join('')).not.toContain('IDENTITY');
  const drill = systemdUnits(localPlan(), 'system').find(({ name }) => name.endsWith('drill.service'));
  expect(drill?.text).not.toMatch(/Restrict|Protect|NoNewPrivileges/);
});

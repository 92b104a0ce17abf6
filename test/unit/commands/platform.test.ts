import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlatformResult } from '../../../src/commands/platform.ts';
import { PLATFORMS } from '../../../src/core/doctor/platforms.ts';
import { runCli } from '../../support/cli.ts';
import { platformPage } from '../../support/platform-page.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

const HOME = { HOME: '/nonexistent' };

async function guideOf(...words: readonly string[]): Promise<PlatformResult> {
  const { code, stdout } = await runCli(['platform', ...words, '--json'], { env: HOME });
  expect(code).toBe(0);
  return JSON.parse(stdout) as PlatformResult;
}

/** Words in a row, however the lines were broken. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

describe.each(PLATFORMS)('the guide to $name', (platform) => {
  it('fits 80 columns, and says all that its data say', async () => {
    const { code, stdout, stderr } = await runCli(['platform', platform.name], { env: HOME });
    expect([code, stderr]).toEqual([0, '']);
    // A URL is not broken.
    const tooLong = stdout.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '));
    expect(tooLong).toEqual([]);
    const { state, token, trap, doubts = [], sources, snapshots, probe } = platform;
    const said = [state.directory, state.lostAt, state.survives, ...state.mend, token.where, ...token.set, trap];
    for (const text of [...said, ...doubts, ...sources, snapshots.what, probe.signal, probe.lengthen(300)]) {
      expect(flat(stdout)).toContain(flat(text));
    }
  });

  it('says the same to programs', async () => {
    const { guide } = await guideOf(platform.name);
    expect(guide).toMatchObject({ name: platform.name, detected: null, trap: platform.trap, token: platform.token });
  });
});

it('without a name it is the guide to where this runs, and says by what it knows', async () => {
  const { code, stdout } = await runCli(['platform'], { env: { ...HOME, RAILWAY_PROJECT_ID: 'a-secret-id' } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Railway\n {2}seen by variable RAILWAY_PROJECT_ID\n/);
  expect(stdout).not.toContain('a-secret-id');
});

it('lists what there is', async () => {
  const { platforms } = await guideOf('linux');
  expect(platforms).toEqual(PLATFORMS.map(({ name, title }) => ({ name, title })));
});

it('knows no platform of another name, and says which there are', async () => {
  const { code, stderr } = await runCli(['platform', 'heroku'], { env: HOME });
  expect(code).toBe(2);
  expect(stderr).toMatch(/no platform is called heroku\n.*hint: known are zeabur, /);
});

describe('--write', () => {
  const written = async (directory: string, ...more: readonly string[]) =>
    await runCli(['platform', 'docker', '--write', directory, ...more], { env: HOME });

  it('writes files, says what to fill in and what to do then, and keeps to itself what is to be secret', async () => {
    await using place = await temporaryDirectory();
    const directory = join(place.path, 'new/deploy');
    const { code, stdout, stderr } = await written(directory);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^written to .*\n {2}compose\.yml\n/);
    expect(stdout).toMatch(/fill in\n(?:.*\n)* {2}FILL_IN_BUCKET\n(?:.*\n)*then\n {2}1\. docker build /);
    const modes = Object.fromEntries(
      readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]),
    );
    expect(modes).toEqual({
      ...{ 'compose.yml': 0o644, 'config.json5': 0o644, Dockerfile: 0o644, '.env': 0o600, 'clawback.env': 0o600 },
    });
  });

  it('leaves what is there as it is, whether it is the same or not', async () => {
    await using place = await temporaryDirectory();
    await written(place.path);
    const again = JSON.parse((await written(place.path, '--json')).stdout) as PlatformResult;
    expect(again.written?.changed).toEqual([]);

    const mine = join(place.path, '.env');
    writeFileSync(mine, 'OPENCLAW_GATEWAY_TOKEN=mine\n');
    rmSync(join(place.path, 'compose.yml'));
    const { code, stderr } = await written(place.path);
    expect(code).toBe(1);
    expect(stderr).toContain(`${mine} is there already, and holds something else`);
    expect(readFileSync(mine, 'utf8')).toBe('OPENCLAW_GATEWAY_TOKEN=mine\n');
    expect(existsSync(join(place.path, 'compose.yml'))).toBe(false);
  });

  it('goes by the config: its instance, its recipients and destinations, and none of its secrets', async () => {
    await using place = await temporaryDirectory();
    const env = { HOME: place.path };
    await tree(place.path, { '.openclaw/openclaw.json': '{}' });
    const init = ['init', '--yes', '--instance', 'prod-7', '--destination', `nas=${place.path}/nas`];
    expect(await runCli(init, { env })).toMatchObject({ code: 0 });
    const directory = join(place.path, 'deploy');
    const { stdout } = await runCli(['platform', 'gce', '--write', directory], { env });
    expect(stdout).not.toContain('FILL_IN_RECIPIENT');
    const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
    const cloudInit = readFileSync(join(directory, 'cloud-init.yaml'), 'utf8');
    expect(cloudInit).toContain('gcloud secrets versions access');
    expect(cloudInit).toContain("instance: 'prod-7'");
    expect(cloudInit).toContain(`'nas': 'file://${place.path}/nas'`);
    const identity = /AGE-SECRET-KEY-\S+/.exec(readFileSync(join(place.path, '.config/clawback/identity.txt'), 'utf8'));
    expect(texts.join('')).not.toContain(identity?.[0] ?? 'AGE');
    const signing = readFileSync(join(place.path, '.config/clawback/signing-key.txt'), 'utf8')
      .trim()
      .split('\n')
      .at(-1);
    expect(texts.join('')).not.toContain(signing);
  });

  it('has nothing for a platform of notes alone, and says which have', async () => {
    const { code, stderr } = await runCli(['platform', 'fly', '--write', '/nonexistent/x'], { env: HOME });
    expect(code).toBe(2);
    expect(stderr).toMatch(/there are no files for Fly\.io\n.*there are for zeabur, /);
  });
});

it('docs/platforms.md is what the data say; vitest -u writes it anew', async () => {
  await expect(await platformPage()).toMatchFileSnapshot('../../../docs/platforms.md');
});

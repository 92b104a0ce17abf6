import { describe, expect, it } from 'vitest';
import type { PlatformResult } from '../../../src/commands/platform.ts';
import { PLATFORMS } from '../../../src/core/doctor/platforms.ts';
import { runCli } from '../../support/cli.ts';
import { platformPage } from '../../support/platform-page.ts';

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

it('docs/platforms.md is what the data say; vitest -u writes it anew', async () => {
  await expect(await platformPage()).toMatchFileSnapshot('../../../docs/platforms.md');
});

import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dietOf, type DietOptions } from '../../../../src/core/capture/diet.ts';
import { type Found, Walk } from '../../../../src/core/capture/walk.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { stateRoot } from './captured.ts';

const STATE = {
  'openclaw.json': '{}',
  'logs/gateway.log': 'x',
  'logs/old/2025.log': 'x',
  'cache/ui/index.html': 'x',
  'media/a.jpg': 'x',
  'media/b.mp4': 'x',
  'agents/main/sessions/one.jsonl': 'x',
  'agents/main/sessions/one.lock': 'x',
};

/** Paths of files below the state directory that are captured, and what is left out with its reason. */
async function dieted(options: Partial<DietOptions>): Promise<{ files: string[]; excluded: Record<string, string> }> {
  await using directory = await temporaryDirectory();
  await tree(join(directory.path, 'state'), STATE);
  const { found, excluded } = walked(
    [stateRoot(directory.path)],
    dietOf({ exclude: [], include: [], own: [], ...options }),
  );
  return {
    files: found.filter(({ type }) => type === 'file').map(({ path }) => path.slice('state/'.length)),
    excluded: Object.fromEntries(excluded.map(({ path, reason }) => [path.slice('state/'.length), reason])),
  };
}

const KEPT = ['agents/main/sessions/one.jsonl', 'media/a.jpg', 'media/b.mp4', 'openclaw.json'];

function walked(...[roots, diet]: ConstructorParameters<typeof Walk>): { found: Found[]; excluded: Walk['excluded'] } {
  const walk = new Walk(roots, diet);
  return { found: [...walk.found()], excluded: walk.excluded };
}

describe('the diet', () => {
  test('leaves out what OpenClaw makes again, with the reason, and keeps transcripts', async () => {
    expect(await dieted({})).toEqual({
      files: KEPT,
      excluded: {
        logs: 'logs',
        cache: 'cache, which OpenClaw rebuilds',
        'agents/main/sessions/one.lock': 'lock of the running process',
      },
    });
  });

  test('weighs what it leaves out without following a link in it', async () => {
    await using directory = await temporaryDirectory();
    await tree(directory.path, {
      'elsewhere/large': 'x'.repeat(1000),
      'state/openclaw.json': '{}',
      'state/cache/a/b': 'four',
      'state/cache/around': { link: '.' },
      'state/cache/away': { link: join(directory.path, 'elsewhere') },
    });
    const { excluded } = walked([stateRoot(directory.path)], dietOf({ exclude: [], include: [], own: [] }));
    expect(excluded).toEqual([{ path: 'state/cache', reason: 'cache, which OpenClaw rebuilds', bytes: 4 }]);
  });

  test.each([
    ['media/**', ['media']],
    ['media', ['media']],
    ['media/*.mp4', ['media/b.mp4']],
    ['**/*.jpg', ['media/a.jpg']],
  ])('excludes %s', async (pattern, gone) => {
    const { files, excluded } = await dieted({ exclude: [pattern] });
    expect(files).toEqual(KEPT.filter((file) => !gone.some((path) => file === path || file.startsWith(`${path}/`))));
    expect(Object.keys(excluded)).toEqual(expect.arrayContaining(gone));
    expect(gone.map((path) => excluded[path])).toEqual(gone.map(() => 'excluded by the config'));
  });

  test.each([
    ['logs/**', ['logs/gateway.log', 'logs/old/2025.log']],
    ['logs/old/**', ['logs/old/2025.log']],
    ['logs/*.log', ['logs/gateway.log']],
    ['**/*.lock', ['agents/main/sessions/one.lock']],
  ])('captures %s although it would be left out', async (pattern, more) => {
    const { files } = await dieted({ include: [pattern] });
    expect(files.sort()).toEqual([...KEPT, ...more].sort());
  });

  test('lets an exclusion of the config win over an inclusion', async () => {
    const { files } = await dieted({ include: ['logs/**'], exclude: ['logs/old/**'] });
    expect(files.sort()).toEqual([...KEPT, 'logs/gateway.log'].sort());
  });

  test("leaves out Clawback's own directories inside the state directory, also by another path to them", async () => {
    await using directory = await temporaryDirectory();
    await tree(join(directory.path, 'state'), { 'openclaw.json': '{}', 'clawback/spool/x': 'x' });
    await symlink(join(directory.path, 'state'), join(directory.path, 'alias'));
    for (const own of [join(directory.path, 'state/clawback'), join(directory.path, 'alias/clawback')]) {
      const { found, excluded } = walked(
        [stateRoot(directory.path)],
        dietOf({ exclude: [], include: ['**'], own: [own] }),
      );
      expect(found.map(({ path }) => path)).toEqual(['state', 'state/openclaw.json']);
      expect(excluded).toEqual([{ path: 'state/clawback', reason: "Clawback's own directory", bytes: 1 }]);
    }
  });

  test("leaves them out when the state directory is reached through a link, and the owner's path is the real one", async () => {
    await using directory = await temporaryDirectory();
    await mkdir(join(directory.path, 'real/clawback'), { recursive: true });
    await tree(join(directory.path, 'real'), { 'openclaw.json': '{}' });
    await symlink('real', join(directory.path, 'state'));
    const own = [join(directory.path, 'real/clawback')];
    const { found } = walked([stateRoot(directory.path)], dietOf({ exclude: [], include: [], own }));
    expect(found.map(({ path }) => path)).toEqual(['state', 'state/openclaw.json']);
  });
});

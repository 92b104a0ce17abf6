import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smallDisk } from '../../../support/disk.ts';
import { listing } from '../../../support/listing.ts';
import { directory, file } from '../../../support/snapshots.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { restored, subject } from './subject.ts';

let home: string;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  scope = await temporaryDirectory();
  home = scope.path;
});

afterEach(() => scope[Symbol.asyncDispose]());

describe('on a volume of its own', () => {
  const entries = [directory('state/sub'), file('state/sub/new', 'new')];

  test('fills the mount point, past lost+found', async () => {
    const stateDir = join(home, 'volume');
    using _disk = await smallDisk(stateDir, 4);
    await mkdir(join(stateDir, 'lost+found'));
    await restored(await subject(entries), home, { goal: { inPlace: false, target: stateDir } });
    expect(await listing(stateDir)).toEqual({ 'lost+found': null, 'openclaw.json': '{}', sub: null, 'sub/new': 'new' });
  });

  test('gives the mount point the mode and owner that the state directory had', async () => {
    const stateDir = join(home, 'volume');
    using _disk = await smallDisk(stateDir, 4);
    await chmod(stateDir, 0o755);
    const { undo } = await restored(await subject(entries), home, { goal: { inPlace: false, target: stateDir } });
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
    await undo();
    expect((await stat(stateDir)).mode & 0o777).toBe(0o755);
  });

  test('moves what is there into one directory beside the new, and undo puts exactly that back', async () => {
    const stateDir = join(home, 'volume');
    using _disk = await smallDisk(stateDir, 4);
    await tree(stateDir, { 'openclaw.json': 'old', 'sub/old': 'old', other: 'x' });
    const before = await listing(stateDir);
    const made = await subject(entries, { stateDir });
    const { previous, undo } = await restored(made, home, { goal: { inPlace: true } });
    expect(previous).toEqual([join(stateDir, '.clawback-before-20261122T203437Z')]);
    expect(await listing(previous[0] ?? '')).toEqual(before);
    expect(await readFile(join(stateDir, 'openclaw.json'), 'utf8')).toBe('{}');
    expect((await readdir(stateDir)).sort()).toEqual(['.clawback-before-20261122T203437Z', 'openclaw.json', 'sub']);
    await undo();
    expect(await listing(stateDir)).toEqual(before);
  });
});

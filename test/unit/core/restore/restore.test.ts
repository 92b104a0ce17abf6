import { chmod, lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Captured } from '../../../../src/core/archive/pack.ts';
import { smallDisk } from '../../../support/disk.ts';
import { listing } from '../../../support/listing.ts';
import { directory, FACTS, file, opened, packed, symlink } from '../../../support/snapshots.ts';
import { temporaryDirectory, type Tree, tree } from '../../../support/temporary.ts';
import { unprivileged } from '../../../support/unprivileged.ts';
import { restored, subject } from './subject.ts';

const MTIME = 1_700_000_000_123;

let home: string;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  scope = await temporaryDirectory();
  home = scope.path;
});

afterEach(() => scope[Symbol.asyncDispose]());

const withMode = (entry: Captured, mode: number): Captured => ({ ...entry, mode });

describe('a restore', () => {
  test('gives back content, modes, owners, times, links and empty directories', async () => {
    const entries = [
      withMode(file('state/secret', 's3cret'), 0o600),
      { ...withMode(file('state/tool', '#!/bin/sh\n'), 0o755), uid: 1234, gid: 4321 },
      file('state/empty', ''),
      withMode(directory('state/hollow'), 0o750),
      symlink('state/link', 'secret'),
      symlink('state/away', '/srv/elsewhere', { outside: true }),
    ];
    const { outsideLinks } = await restored(await subject(entries), home);
    const target = join(home, 'target');
    expect(await listing(target)).toEqual({
      'openclaw.json': '{}',
      secret: 's3cret',
      tool: '#!/bin/sh\n',
      empty: '',
      hollow: null,
      link: '-> secret',
      away: '-> /srv/elsewhere',
    });
    const found = await Promise.all(['secret', 'tool', 'hollow'].map((name) => lstat(join(target, name))));
    expect(found.map(({ mode }) => mode & 0o7777)).toEqual([0o600, 0o755, 0o750]);
    expect(found.map(({ mtimeMs }) => Math.round(mtimeMs))).toEqual([MTIME, MTIME, MTIME]);
    expect((await stat(target)).mode & 0o777).toBe(0o700);
    expect(outsideLinks).toMatchObject([{ path: 'state/away', target: '/srv/elsewhere' }]);
    if (process.getuid?.() === 0) expect(found[1]).toMatchObject({ uid: 1234, gid: 4321 });
  });

  test('fills directories that nobody may write to, also for a user who is not root, and can erase them again', async () => {
    const entries = [
      withMode(directory('state/cache'), 0o500),
      withMode(directory('state/cache/deep'), 0o555),
      withMode(file('state/cache/deep/module', 'x'), 0o400),
    ];
    const made = await subject(entries);
    await unprivileged(home, async () => {
      const activated = await restored(made, home, { owners: false });
      expect((await stat(join(home, 'target/cache'))).mode & 0o777).toBe(0o500);
      expect(await readdir(join(home, 'target/cache/deep'))).toEqual(['module']);
      await activated.undo();
      expect(await readdir(home)).toEqual(['work']);
      expect(await readdir(join(home, 'work/staging'))).toEqual([]);
    });
  });

  test.each<[string, (target: string) => Promise<void>]>([
    ['missing, with directories above it', () => Promise.resolve()],
    ['empty', (target) => mkdir(target, { recursive: true }).then(() => undefined)],
  ])('goes into a target that is %s', async (_, prepare) => {
    const target = join(home, 'a/b/target');
    await prepare(target);
    const { previous } = await restored(await subject([]), home, { goal: { inPlace: false, target } });
    expect(await listing(target)).toEqual({ 'openclaw.json': '{}' });
    expect(previous).toEqual([]);
    expect(await readdir(join(home, 'a/b'))).toEqual(['target']);
  });

  test.each<[string, Tree]>([
    ['a file in it', { 'target/mine': 'x' }],
    ['an empty directory in it', { 'target/mine': null }],
    ['a file in its place', { target: 'x' }],
    ['a link to nothing in its place', { target: { link: '/nowhere/at/all' } }],
  ])('refuses a target with %s, and leaves it alone', async (_, files) => {
    await tree(home, files);
    const before = await listing(home);
    await expect(restored(await subject([]), home)).rejects.toMatchObject({ code: 'TARGET' });
    expect(await listing(home)).toEqual(before);
  });

  test('leaves target and surroundings as they were when the snapshot turns out to be damaged', async () => {
    await tree(home, { 'a/neighbour': 'x' });
    const goal = { inPlace: false, target: join(home, 'a/target') } as const;
    const { bytes, digest16 } = await subject([file('state/large', Buffer.alloc(3_000_000, 7)), file('state/z', 'z')]);
    const wrong = { snapshot: await opened(bytes), digest16: '0'.repeat(16), bytes };
    await expect(restored(wrong, home, { goal })).rejects.toMatchObject({ code: 'INTEGRITY' });
    expect(await readdir(join(home, 'a'))).toEqual(['neighbour']);
    expect(await readdir(join(home, 'work/staging'))).toEqual([]);
    expect(digest16).not.toBe(wrong.digest16);
  });

  test('says that there is no space before anything is written', async () => {
    using _disk = await smallDisk(join(home, 'disk'), 1);
    const target = join(home, 'disk/target');
    const large = await subject([file('state/large', Buffer.alloc(2_000_000))]);
    await expect(restored(large, home, { goal: { inPlace: false, target } })).rejects.toMatchObject({
      code: 'NO_SPACE',
    });
    expect(await readdir(join(home, 'disk'))).toEqual([]);
  });

  test('leaves nothing on a disk that fills up on the way', async () => {
    using _disk = await smallDisk(join(home, 'disk'), 1);
    const target = join(home, 'disk/target');
    // Each of them takes a whole page of the disk.
    const many = Array.from({ length: 400 }, (_, index) => file(`state/${index}`, 'x'));
    const made = await subject(many);
    await expect(restored(made, home, { goal: { inPlace: false, target } })).rejects.toMatchObject({
      code: 'NO_SPACE',
    });
    expect(await readdir(join(home, 'disk'))).toEqual([]);
  });

  test('refuses links out of their roots in a snapshot that nobody trusted has signed', async () => {
    const unsigned = await subject([symlink('state/away', '/etc', { outside: true })], { signed: false });
    await expect(restored(unsigned, home)).rejects.toMatchObject({ code: 'INTEGRITY' });
    expect(await readdir(home)).toEqual([]);
    const harmless = await subject([symlink('state/near', 'openclaw.json')], { signed: false });
    await restored(harmless, home);
    expect(await readdir(join(home, 'target'))).toEqual(['near', 'openclaw.json']);
  });

  test('never writes through a link of the copy into what is live', async () => {
    await mkdir(join(home, 'live'));
    const live = join(home, 'live/openclaw.sqlite');
    using database = new DatabaseSync(live);
    database.exec('CREATE TABLE state_leases (lease_key TEXT); INSERT INTO state_leases VALUES (1)');
    await writeFile(join(home, 'live/env'), 'KEPT=1\n');
    const made = await subject(
      [
        directory('state/state'),
        symlink('state/state/openclaw.sqlite', live, { outside: true }),
        symlink('state/.env', join(home, 'live/env'), { outside: true }),
      ],
      { environment: 'TOKEN=sealed\n' },
    );
    const { writtenVariables } = await restored(made, home);
    expect(database.prepare('SELECT count(*) AS n FROM state_leases').get()).toEqual({ n: 1 });
    expect(await readFile(join(home, 'live/env'), 'utf8')).toBe('KEPT=1\n');
    expect(writtenVariables).toEqual(['TOKEN']);
    expect(await readFile(join(home, 'target/.env'), 'utf8')).toBe(
      'KEPT=1\n# written by clawback restore\nTOKEN=sealed\n',
    );
  });
});

describe('sealed variables', () => {
  const restoredEnv = async (
    captured: string | null,
    environment: string,
  ): Promise<{ text: string; names: readonly string[] }> => {
    const entries = captured === null ? [] : [withMode(file('state/.env', captured), 0o600)];
    const { writtenVariables } = await restored(await subject(entries, { environment }), home);
    const path = join(home, 'target/.env');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    return { text: await readFile(path, 'utf8'), names: writtenVariables };
  };

  test('go into a state .env of their own', async () => {
    const { text, names } = await restoredEnv(null, "B='two words'\nA=1\n");
    expect(names).toEqual(['A', 'B']);
    expect(text).toContain("A=1\nB='two words'\n");
  });

  test('are added to the captured one where they are missing or empty there, and replace nothing', async () => {
    const { text, names } = await restoredEnv('A=mine\nB=', 'A=1\nB=2\nC=3\n');
    expect(names).toEqual(['B', 'C']);
    expect(text).toBe('A=mine\nB=\n# written by clawback restore\nB=2\nC=3\n');
  });

  test('leave the captured one byte for byte if it lacks none', async () => {
    expect(await restoredEnv('# mine\nA = x', 'A=1\n')).toEqual({ text: '# mine\nA = x', names: [] });
  });
});

describe('roots from outside the state directory', () => {
  const roots = [
    { name: 'config', kind: 'config', path: '/etc/openclaw.json', type: 'file' },
    { name: 'workspace-1', kind: 'workspace', path: '/srv/work', type: 'directory' },
  ] as const;

  test('go below external/, a config becomes the openclaw.json, and its paths follow', async () => {
    const config = "{ agents: { defaults: { workspace: '/srv/work' } }, note: '/srv/workshop' }";
    await restored(await subjectOutside(config), home);
    const target = join(home, 'target');
    expect(await readFile(join(target, 'openclaw.json'), 'utf8')).toBe(
      config.replace("'/srv/work'", `'${target}/external/workspace-1'`),
    );
    expect(await readFile(join(target, 'external/workspace-1/MEMORY.md'), 'utf8')).toBe('m');
  });

  async function subjectOutside(config: string): ReturnType<typeof subject> {
    const entries = [
      file('config', config),
      directory('state'),
      file('state/note', 'x'),
      directory('workspace-1'),
      file('workspace-1/MEMORY.md', 'm'),
    ];
    const state = { name: 'state', kind: 'state', path: FACTS.installation.stateDir, type: 'directory' } as const;
    const installation = { ...FACTS.installation, configPath: '/etc/openclaw.json' };
    const { bytes, digest } = await packed(entries, { facts: { roots: [state, ...roots], installation } });
    return { snapshot: await opened(bytes), digest16: digest.slice(0, 16), bytes };
  }
});

describe('in place', () => {
  test('moves aside what is there, and undo puts exactly that back', async () => {
    const stateDir = join(home, 'live/.openclaw');
    const work = join(home, 'live/work');
    await tree(home, { 'live/.openclaw/old': 'old', 'live/.openclaw/link': { link: 'old' }, 'live/work/draft': 'd' });
    await chmod(stateDir, 0o711);
    const before = await listing(join(home, 'live'));
    const made = await subject([directory('workspace-1'), file('workspace-1/MEMORY.md', 'm')], {
      stateDir,
      roots: [{ name: 'workspace-1', kind: 'workspace', path: work, type: 'directory' }],
    });
    const { previous, undo } = await restored(made, home, { goal: { inPlace: true } });
    expect([...previous].sort()).toEqual([`${stateDir}.before-20261122T203437Z`, `${work}.before-20261122T203437Z`]);
    expect(await listing(stateDir)).toEqual({ 'openclaw.json': '{}' });
    expect(await listing(work)).toEqual({ 'MEMORY.md': 'm' });
    expect(await listing(`${stateDir}.before-20261122T203437Z`)).toEqual({ old: 'old', link: '-> old' });
    await undo();
    expect(await listing(join(home, 'live'))).toEqual(before);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o711);
  });

  test('twice in one second keeps both of what was there before', async () => {
    const stateDir = join(home, 'live/.openclaw');
    await tree(stateDir, { first: '1' });
    const made = await subject([], { stateDir });
    await restored(made, home, { goal: { inPlace: true } });
    const { previous } = await restored(made, home, { goal: { inPlace: true } });
    expect(previous).toEqual([`${stateDir}.before-20261122T203437Z-2`]);
    expect((await readdir(join(home, 'live'))).length).toBe(3);
  });

  test('puts nothing in the place of what is there when the snapshot is damaged', async () => {
    const stateDir = join(home, 'live/.openclaw');
    await tree(stateDir, { old: 'old' });
    const made = await subject([], { stateDir });
    const goal = { inPlace: true } as const;
    await expect(restored({ ...made, digest16: '0'.repeat(16) }, home, { goal })).rejects.toMatchObject({
      code: 'INTEGRITY',
    });
    expect(await listing(join(home, 'live'))).toEqual({ '.openclaw': null, '.openclaw/old': 'old' });
  });
});

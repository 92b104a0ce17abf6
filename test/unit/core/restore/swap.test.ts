import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Place, puttingBack, type Replacement, replacing } from '../../../../src/core/restore/place.ts';
import { carryOut, mendSwap, type Swap, together } from '../../../../src/core/restore/swap.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

const STAMP = '20261122T203437Z';
const OLD = { 'a/1': 'old', b: 'old' };
const NEW = { 'a/1': 'new', c: 'new' };

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let top: string;

beforeEach(async () => {
  place = await temporaryDirectory();
  top = place.path;
});

afterEach(() => place[Symbol.asyncDispose]());

/** An old state directory, a mounted volume with old content, and a new copy staged for each. */
async function twoReplacements(): Promise<Replacement[]> {
  await rm(top, { recursive: true, force: true });
  await mkdir(join(top, 'stage'), { recursive: true });
  for (const name of ['state', 'volume']) {
    await tree(join(top, name), OLD);
    await tree(join(top, 'stage', name), NEW);
  }
  const common = { taken: true, free: 1, stageIn: top, attributes: null };
  const state: Place = { ...common, path: join(top, 'state'), mounted: false };
  const volume: Place = { ...common, path: join(top, 'volume'), mounted: true };
  return [
    await replacing(volume, join(top, 'stage', 'volume'), STAMP),
    await replacing(state, join(top, 'stage', 'state'), STAMP),
  ];
}

/** What a kill after this many renames leaves. */
async function killedAfter(renames: number, swap: Swap): Promise<void> {
  await writeFile(join(top, 'stage', 'swap.json'), JSON.stringify(swap));
  for (const aside of swap.asides) await mkdir(aside);
  for (const { from, to } of [...swap.out, ...swap.in].slice(0, renames)) await rename(from, to);
}

async function names(directory: string): Promise<string[]> {
  return (await readdir(directory)).sort();
}

const ALL_OLD = { top: ['stage', 'state', 'volume'], state: ['a', 'b'], volume: ['a', 'b'] };
const ALL_NEW = {
  top: ['stage', 'state', `state.before-${STAMP}`, 'volume'],
  state: ['a', 'c'],
  volume: [`.clawback-before-${STAMP}`, 'a', 'c'],
};

async function standing(): Promise<typeof ALL_OLD> {
  return { top: await names(top), state: await names(join(top, 'state')), volume: await names(join(top, 'volume')) };
}

test('a swap puts everything new in its place and everything old aside, and can be put back', async () => {
  const replacements = await twoReplacements();
  await carryOut(together(replacements), join(top, 'stage'));
  expect(await standing()).toEqual(ALL_NEW);
  const back = replacements.map((one, index) => puttingBack(one, join(top, 'stage', `discarded-${index}`)));
  await carryOut(together(back), join(top, 'stage'));
  expect(await names(join(top, 'state'))).toEqual(ALL_OLD.state);
  expect(await names(join(top, 'stage'))).toEqual(['discarded-0', 'discarded-1', 'volume']);
});

test('after a kill between any two renames everything is old or everything is new', async () => {
  const seen = new Set<string>();
  const steps = (swap: Swap): number => swap.out.length + swap.in.length;
  for (let renames = 0; renames <= steps(together(await twoReplacements())); renames++) {
    const swap = together(await twoReplacements());
    await killedAfter(renames, swap);
    await mendSwap(join(top, 'stage'));
    const expected = renames <= swap.out.length ? ALL_OLD : ALL_NEW;
    expect(await standing(), `killed after ${renames} renames`).toEqual(expected);
    seen.add(expected === ALL_OLD ? 'old' : 'new');
  }
  expect(seen.size).toBe(2);
});

test('mending overwrites nothing that came meanwhile', async () => {
  const swap = together(await twoReplacements());
  await killedAfter(swap.out.length, swap);
  await tree(join(top, 'state'), { fresh: 'a Gateway started on an empty directory' });
  await mendSwap(join(top, 'stage'));
  expect(await names(join(top, 'state'))).toEqual(['fresh']);
  expect(await names(join(top, `state.before-${STAMP}`))).toEqual(['a', 'b']);
});

test('a swap that fails leaves everything as it was', async () => {
  const swap = together(await twoReplacements());
  await rm(join(top, 'stage', 'state'), { recursive: true });
  await expect(carryOut(swap, join(top, 'stage'))).rejects.toThrow('ENOENT');
  expect(await standing()).toEqual(ALL_OLD);
});

import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { detect, type Sighting } from '../core/doctor/detect.ts';
import type { Platform } from '../core/doctor/platform.ts';
import { PLATFORMS } from '../core/doctor/platforms.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import type { Blank } from '../core/platform/blanks.ts';
import type { ReadyFile } from '../core/platform/files/ready-file.ts';
import { type Guide, guideTo } from '../core/platform/guide.ts';
import { readyKit } from '../core/platform/ready.ts';
import { siteOf } from '../core/platform/site.ts';
import { ClawbackError, systemCode } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { platformNamed } from './doctor.ts';

export interface PlatformOptions {
  /** Undefined for the one that shows. */
  readonly name: string | undefined;
  /** A directory to write ready files into. */
  readonly write?: string | undefined;
}

export interface PlatformResult {
  /** Null if none is named and none shows. */
  readonly guide: Guide | null;
  /** All that there are. */
  readonly platforms: readonly { readonly name: string; readonly title: string }[];
  /** With `write`. */
  readonly written?: Written;
}

export interface Written {
  readonly directory: string;
  /** Names in it; those that were there already, just so, are not among the `changed`. */
  readonly files: readonly string[];
  readonly changed: readonly string[];
  readonly blanks: readonly Blank[];
  readonly next: readonly string[];
}

/** The guide to one platform: the one that is named, else the one that this process runs on; and the files to deploy with. */
export async function platform({ name, write }: PlatformOptions, context: Context): Promise<PlatformResult> {
  const sighting = name === undefined ? await whereWeAre(context) : null;
  const found = name === undefined ? sighting?.platform : platformNamed(name);
  return {
    guide: found === undefined ? null : guideTo(found, sighting),
    platforms: PLATFORMS.map(({ name, title }) => ({ name, title })),
    ...(write === undefined ? {} : { written: await writeKit(found, write, context) }),
  };
}

async function whereWeAre({ host, machine }: Context): Promise<Sighting | null> {
  const traces = { machine: await machine(), system: host.platform, env: host.env, root: '', process: 'self' };
  return (await detect(traces))[0] ?? null;
}

async function writeKit(platform: Platform | undefined, write: string, context: Context): Promise<Written> {
  const kit = platform === undefined ? null : readyKit(platform, siteOf(context.config));
  if (kit === null) {
    const having = PLATFORMS.filter(({ ready }) => ready !== undefined).map(({ name }) => name);
    throw new ClawbackError('USAGE', `there are no files for ${platform?.title ?? 'a platform that does not show'}`, {
      hint: `there are for ${having.join(', ')}`,
    });
  }
  const directory = expandPath(write, context.host.home, context.paths.workingDirectory);
  const { files, blanks, next } = kit;
  const changed = await writeNew(directory, files);
  return { directory, files: files.map(({ name }) => name), changed, blanks, next };
}

/**
 * Writes what is not there yet; all of it or nothing.
 *
 * @returns names of what was written
 * @throws ClawbackError `EXISTS` for a file of that name that holds something else.
 */
async function writeNew(directory: string, files: readonly ReadyFile[]): Promise<readonly string[]> {
  const missing: ReadyFile[] = [];
  for (const file of files) {
    const there = await readFile(join(directory, file.name), 'utf8').catch(absent);
    if (there === null) missing.push(file);
    else if (there !== file.text) throw taken(join(directory, file.name));
  }
  await mkdir(directory, { recursive: true });
  await using undo = new AsyncDisposableStack();
  for (const { name, text, isSecret } of missing) {
    const path = join(directory, name);
    await using file = await open(path, 'wx', isSecret === true ? 0o600 : 0o644);
    undo.defer(() => rm(path));
    await file.writeFile(text);
  }
  undo.move();
  return missing.map(({ name }) => name);
}

function absent(error: unknown): null {
  if (systemCode(error) === 'ENOENT') return null;
  throw error;
}

function taken(path: string): ClawbackError {
  return new ClawbackError('EXISTS', `${path} is there already, and holds something else`, {
    hint: 'nothing was written: choose an empty directory, or move that file away',
  });
}

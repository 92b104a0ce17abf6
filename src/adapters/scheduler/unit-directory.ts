import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import type { UnitFile } from '../../ports/scheduler.ts';

/** What a directory must become: these written, those removed. */
export interface Difference {
  readonly write: readonly UnitFile[];
  readonly remove: readonly string[];
}

/** The files of a directory whose names fit, in their order; none if there is no such directory. */
export async function readUnits(directory: string, isOurs: RegExp): Promise<readonly UnitFile[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw denied(directory, error);
  });
  const ours = names.filter((name) => isOurs.test(name)).sort();
  return Promise.all(ours.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })));
}

export function difference(before: readonly UnitFile[], after: readonly UnitFile[]): Difference {
  return {
    write: after.filter(({ name, text }) => !before.some((file) => file.name === name && file.text === text)),
    remove: before.filter(({ name }) => !after.some((file) => file.name === name)).map(({ name }) => name),
  };
}

/** Writes each file in one step, so that a scheduler never reads half of one, and removes the others. */
export async function writeUnits(directory: string, { write, remove }: Difference): Promise<void> {
  try {
    if (write.length > 0) await mkdir(directory, { recursive: true });
    for (const { name, text } of write) {
      const temporary = join(directory, `.${name}.tmp`);
      await writeFile(temporary, text, { mode: 0o644 });
      await rename(temporary, join(directory, name));
    }
    for (const name of remove) await rm(join(directory, name), { force: true });
  } catch (error) {
    throw denied(directory, error);
  }
}

function denied(directory: string, cause: unknown): ClawbackError {
  return new ClawbackError('DENIED', `cannot write in ${directory}: ${systemCode(cause) ?? String(cause)}`, {
    hint: 'run it as the user whose directory this is, or as root for the system',
    cause,
  });
}

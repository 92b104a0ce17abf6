import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { headOf, integrityProblems, isDatabase } from '../capture/database.ts';
import type { Check } from './report.ts';
import type { DrillSubject } from './subject.ts';
import { grouped } from '../grouped.ts';

const SHOWN = 3;

/** Question 1: is every byte what it was, and does SQLite find every database whole? */
export async function checkIntegrity(subject: DrillSubject): Promise<Check> {
  const title = 'every file and every database is whole';
  const problems = subject.integrity.problems.map(({ path, message }) =>
    path === undefined ? message : `${path}: ${message}`,
  );
  const notes: string[] = [];
  let databases = 0;
  for (const { root, copy } of subject.roots) {
    for await (const path of databasesIn(copy)) {
      databases += 1;
      const name = join(root.name, relative(copy, path));
      const found = examine(path);
      problems.push(...found.damage.map((what) => `${name}: ${what}`));
      if (found.orphans > 0) notes.push(`${name}: ${found.orphans} rows break a foreign key`);
    }
  }
  const { files, bytes } = subject.integrity;
  if (problems.length > 0) {
    const fix = 'restore an older snapshot: clawback list, then clawback drill SNAPSHOT';
    return { id: 'integrity', status: 'fail', title, evidence: several(problems), fix };
  }
  const evidence = [
    `${grouped(files)} files, ${grouped(bytes)} bytes match their hashes`,
    `${databases} databases pass integrity_check`,
    ...notes,
  ];
  return { id: 'integrity', status: 'ok', title, evidence: evidence.join('; ') };
}

/** Databases are known by content: OpenClaw and its plugins name them as they please. */
async function* databasesIn(copy: string): AsyncIterable<string> {
  const entries = await readdir(copy, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && isDatabase(headOf(path))) yield path;
  }
}

function examine(path: string): { damage: string[]; orphans: number } {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const orphans = database.prepare('PRAGMA foreign_key_check').all().length;
    return { damage: integrityProblems(database), orphans };
  } catch (error) {
    return { damage: [error instanceof Error ? error.message : String(error)], orphans: 0 };
  }
}

function several(problems: readonly string[]): string {
  const more = problems.length - SHOWN;
  return problems.slice(0, SHOWN).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

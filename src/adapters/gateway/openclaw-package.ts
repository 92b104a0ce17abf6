import { constants } from 'node:fs';
import { access, open, readFile, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';

/** An OpenClaw on this machine. Run it as `node <entry> …`: its launcher's own shebang would pick any Node. */
export interface OpenClawPackage {
  /** Absolute path of the entry script, links resolved. */
  readonly entry: string;
  /** Absolute path of the directory that must stay readable for it to run: the package with its dependencies. */
  readonly directory: string;
  readonly version: string;
}

/**
 * Finds the OpenClaw behind a command: a path, or a name on `path` (`PATH` syntax); default `openclaw`.
 *
 * @throws ClawbackError `CANNOT_BOOT` if there is none.
 */
export async function findOpenClaw(where: { command?: string | undefined; path: string }): Promise<OpenClawPackage> {
  const command = where.command ?? 'openclaw';
  const found = await locate(command, where.path);
  if (found === undefined) {
    throw new ClawbackError('CANNOT_BOOT', `openclaw is not installed: no command ${command}`, {
      hint: 'install it (npm install -g openclaw), or name a version with --openclaw 2026.9.6',
    });
  }
  return openClawAt(await scriptBehind(await realpath(found)));
}

/** Describes the OpenClaw whose entry script this is. */
export async function openClawAt(entry: string): Promise<OpenClawPackage> {
  for (let directory = dirname(entry); directory !== dirname(directory); directory = dirname(directory)) {
    const facts = await packageFacts(directory);
    if (facts?.name === 'openclaw') return { entry, version: facts.version, directory: treeOf(directory) };
    if (facts !== undefined) break;
  }
  throw new ClawbackError('CANNOT_BOOT', `${entry} does not belong to an openclaw package`, {
    hint: 'name the openclaw command itself, or a version, with --openclaw',
  });
}

/** Absolute path of an executable: `command` itself if it has a slash, else the first match on `path`. */
export async function locate(command: string, path: string): Promise<string | undefined> {
  const candidates = command.includes('/')
    ? [resolve(command)]
    : path.split(delimiter).flatMap((directory) => (isAbsolute(directory) ? [join(directory, command)] : []));
  for (const candidate of candidates) {
    const executable = await access(candidate, constants.X_OK).then(
      () => stat(candidate),
      () => undefined,
    );
    if (executable?.isFile()) return candidate;
  }
  return undefined;
}

/** pnpm and some installers put a shell script on PATH that names the real entry relative to itself. */
async function scriptBehind(file: string): Promise<string> {
  if (/\.[cm]?js$/.test(file)) return file;
  const named = /"([^"\n]*\bopenclaw\.mjs)"/.exec(await head(file))?.[1];
  if (named === undefined) return file;
  return realpath(resolve(dirname(file), named.replace(/^\$(?:basedir|\{basedir\})\//, './'))).catch(() => file);
}

async function head(file: string): Promise<string> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(16_384));
  return buffer.toString('latin1', 0, bytesRead);
}

/** npm puts dependencies beside the package, so the outermost `node_modules` is what it needs. */
function treeOf(directory: string): string {
  const at = directory.indexOf(`${sep}node_modules${sep}`);
  return at === -1 ? directory : directory.slice(0, at) + sep + 'node_modules';
}

async function packageFacts(directory: string): Promise<{ name: string; version: string } | undefined> {
  try {
    const facts = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Record<string, unknown>;
    return { name: String(facts['name']), version: String(facts['version']) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { isDefaultState } from './pointed.ts';
import type { Located } from './locate.ts';
import { expandPath } from './paths.ts';

/** Variables with a label that says where they were found, for people. */
export interface EnvironmentSource {
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
}

const UNIT = /^openclaw.*\.service$/;

/** Where units of the user and of the system stand; a user's own win, since `openclaw gateway install` writes those. */
export function unitDirectories(located: Located): string[] {
  return [join(located.home, '.config', 'systemd', 'user'), '/etc/systemd/system'];
}

/** A unit that may start a Gateway. */
export interface GatewayUnit {
  /** Of its file. */
  readonly path: string;
  /** Its environment, drop-ins included. */
  readonly values: Readonly<Record<string, string>>;
  /** True if it is one of this installation. */
  readonly belongs: boolean;
}

/** The environments of the systemd units that start a Gateway on this state directory, drop-ins included. */
export async function systemdSources(located: Located, directories: readonly string[]): Promise<EnvironmentSource[]> {
  const units = await gatewayUnits(located, directories);
  return units.filter(({ belongs }) => belongs).map(({ path, values }) => ({ label: `systemd unit ${path}`, values }));
}

/** Every unit of OpenClaw's, those of other installations too. */
export async function gatewayUnits(located: Located, directories: readonly string[]): Promise<GatewayUnit[]> {
  const units: GatewayUnit[] = [];
  for (const directory of directories) {
    for (const name of (await namesIn(directory)).filter((entry) => UNIT.test(entry))) {
      const path = join(directory, name);
      const values = await unitEnvironment(path, located.home);
      units.push({ path, values, belongs: isFor(values, located) });
    }
  }
  return units;
}

async function unitEnvironment(unit: string, home: string): Promise<Record<string, string>> {
  const dropIns = (await namesIn(`${unit}.d`))
    .filter((name) => name.endsWith('.conf'))
    .map((name) => join(`${unit}.d`, name));
  const assigned: Record<string, string> = {};
  const fromFiles: Record<string, string> = {};
  for (const file of [unit, ...dropIns]) {
    for (const [key, value] of settings((await textOf(file)) ?? '')) {
      if (key === 'Environment') Object.assign(assigned, assignments(value, home));
      if (key !== 'EnvironmentFile') continue;
      const path = specifiers(value.replace(/^-/, ''), home);
      Object.assign(fromFiles, parseEnv((await textOf(path)) ?? ''));
    }
  }
  // systemd.exec(5): "Settings from these files override settings made with Environment=".
  return { ...assigned, ...fromFiles };
}

/** A profile's unit names its own state directory; a unit that names none starts the default installation. */
function isFor(values: Readonly<Record<string, string>>, located: Located): boolean {
  const own = values['OPENCLAW_STATE_DIR'];
  if (own !== undefined && own !== '') return expandPath(own, located.home) === located.stateDir;
  const profile = values['OPENCLAW_PROFILE'];
  if (profile !== undefined && profile !== 'default') return basename(located.stateDir) === `.openclaw-${profile}`;
  return isDefaultState(located) || basename(located.stateDir) === '.clawdbot';
}

function settings(unit: string): [string, string][] {
  const lines = unit.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line): [string, string][] => {
    const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
}

/** `A=1 "B=two words" 'C=3'` as systemd splits it. */
function assignments(text: string, home: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, double, single, bare] of text.matchAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(\S+)/g)) {
    const word = specifiers((double ?? single ?? bare ?? '').replace(/\\(["'\\])/g, '$1'), home);
    const equals = word.indexOf('=');
    if (equals > 0) found[word.slice(0, equals)] = word.slice(equals + 1);
  }
  return found;
}

function specifiers(text: string, home: string): string {
  return text.replace(/%([h%])/g, (_, letter) => (letter === 'h' ? home : '%'));
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

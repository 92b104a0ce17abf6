import { formatMiB } from '../mib.ts';
import type { Examination } from '../examination.ts';
import type { Finding } from '../report.ts';
import { explain } from './causes.ts';
import type { CauseId } from '../causes.ts';
import { stringAt } from '../../openclaw/config-value.ts';

/** Layer (d): can OpenClaw load its config, and work on its state? */
export function judgeConfig(seen: Examination): Finding[] {
  if (seen.installation.problem !== null && seen.installation.config.files.length === 0) return [];
  const found = [
    ...space(seen),
    ...rights(seen),
    ...databases(seen),
    ...config(seen),
    ...variables(seen),
    ...exposed(seen),
  ];
  if (found.some(({ severity }) => severity === 'fail' || severity === 'warn')) return found;
  const { config: read } = seen.installation;
  const evidence = `${read.files.length === 1 ? read.files[0] : `${read.files.length} files`} can be parsed; the state directory can be written, with ${formatMiB(freeIn(seen))} free`;
  return [
    ...found,
    { id: 'config', layer: 'config', severity: 'ok', title: 'config and state can be loaded', evidence },
  ];
}

function because(id: CauseId, seen: Examination, about: { evidence: string; severity?: Finding['severity'] }): Finding {
  return { id, layer: 'config', severity: about.severity ?? 'fail', evidence: about.evidence, ...explain(id, seen) };
}

/** Below this OpenClaw cannot even start; bytes and files. */
const NO_ROOM = 16 * 1024 * 1024;
const LITTLE_ROOM = 256 * 1024 * 1024;
const NO_FILES = 64;
const FEW_FILES = 1000;

function space(seen: Examination): Finding[] {
  const { spaces } = seen.storage;
  const full = spaces.filter(({ space: { free } }) => free < NO_ROOM);
  const low = spaces.filter(
    ({ space: { free, total } }) => free >= NO_ROOM && free < Math.min(LITTLE_ROOM, total / 10),
  );
  // A file system of fixed size has a number of files that it can hold; others say 0.
  const counted = spaces.filter(({ space: { inodes } }) => inodes > 0);
  const spent = counted.filter(({ space: { freeInodes } }) => freeInodes < NO_FILES);
  const scarce = counted.filter(({ space: { freeInodes } }) => freeInodes >= NO_FILES && freeInodes < FEW_FILES);
  const bytes = ({ path, purpose, space: { free } }: (typeof spaces)[number]) =>
    `${formatMiB(free)} free for ${purpose} (${path})`;
  const files = ({ path, purpose, space: { freeInodes } }: (typeof spaces)[number]) =>
    `${freeInodes} more files for ${purpose} (${path})`;
  if (full.length > 0) return [because('disk-full', seen, { evidence: full.map(bytes).join(', ') })];
  if (spent.length > 0) {
    const evidence = `no inodes are left: ${spent.map(files).join(', ')}`;
    const fix = ['find what has made so many files: du --inodes -x -d 2 / | sort -n | tail'];
    return [
      {
        id: 'inodes',
        layer: 'config',
        severity: 'fail',
        title: 'the file system can hold no more files',
        evidence,
        fix,
      },
    ];
  }
  const evidence = [...low.map(bytes), ...scarce.map(files)].join(', ');
  if (evidence === '') return [];
  const fix = ['OpenClaw needs as much as its databases once more when it starts: make room'];
  return [{ id: 'disk-low', layer: 'config', severity: 'warn', title: 'the disk is nearly full', evidence, fix }];
}

function rights(seen: Examination): Finding[] {
  const { storage, installation, service } = seen;
  if (storage.mount?.readOnly === true)
    return [
      because('read-only', seen, {
        evidence: `${storage.mount.mountPoint} is mounted read-only (${storage.mount.type} of ${storage.mount.source})`,
      }),
    ];
  const [directory, ...inside] = storage.files;
  if (directory?.path !== installation.located.stateDir) return [];
  const owner = directory.stat.uid;
  const user = installation.gateway?.uid ?? service?.uid ?? null;
  // In a user namespace of its own, a container's user is not the one that the host sees.
  const strange = inside.filter(({ stat }) => stat.uid !== (user ?? owner));
  const isForeign = user !== null && user !== 0 && owner !== user;
  if (user === 0 || (!isForeign && strange.length === 0)) return [];
  const who = user === null ? `the state directory belongs to user ${owner}` : `the Gateway runs as user ${user}`;
  const whose = isForeign ? [directory, ...strange] : strange;
  const list = whose
    .slice(0, 3)
    .map(({ path, stat }) => `${path} to user ${stat.uid}`)
    .join(', ');
  const fix = [`chown -R ${user ?? owner}: ${installation.located.stateDir}`];
  return [{ ...because('owner', seen, { evidence: `${who}, and ${list}` }), fix }];
}

function databases(seen: Examination): Finding[] {
  const { damage, openclawVersion, userVersion } = seen.database;
  if (damage.length > 0) return [because('database-corrupt', seen, { evidence: damage.join('; ') })];
  if (userVersion === null || !seen.installation.atRest) return [];
  const evidence = `OpenClaw ${openclawVersion ?? '(of unknown version)'} wrote it last, schema ${userVersion}: an older one refuses it, a newer one migrates it for good`;
  return [{ id: 'schema', layer: 'config', severity: 'info', title: 'who may be started on this state', evidence }];
}

function config(seen: Examination): Finding[] {
  const { installation } = seen;
  const { config: read, located } = installation;
  const found = read.problems.map((problem) =>
    because(causeOf(problem, located.configPath), seen, { evidence: problem }),
  );
  if (found.length > 0) return found;
  // OpenClaw takes a config without it for one that was cut off.
  if (stringAt(read.value, 'gateway.mode') !== null) return [];
  const evidence = `${located.configPath} does not say gateway.mode; OpenClaw takes it for a damaged one and does not start`;
  const fix = ["gateway: { mode: 'local' } in the config", `or the copy beside it: ${located.configPath}.last-good`];
  return [{ ...because('config-invalid', seen, { evidence }), fix }];
}

function causeOf(problem: string, configPath: string): CauseId {
  const isConfig = problem.startsWith(configPath);
  if (problem.endsWith('does not exist')) return isConfig ? 'config-missing' : 'include-missing';
  if (problem.includes('does not parse')) return 'config-parse';
  if (/EACCES|EPERM/.test(problem)) return 'owner';
  return isConfig ? 'config-invalid' : 'include-missing';
}

/** The token's own variable has findings of its own. */
function variables(seen: Examination): Finding[] {
  const { environment, config: read, atRest } = seen.installation;
  const missing = read.variables.filter(
    (name) => environment.variables.find((one) => one.name === name)?.source === null,
  );
  const others = missing.filter((name) => !/^OPENCLAW_GATEWAY_(TOKEN|PASSWORD)$/.test(name));
  if (others.length === 0) return [];
  const where = atRest
    ? 'nor is it known where it will run'
    : 'in the environment of the Gateway, as far as it may be seen';
  const evidence = `${others.join(', ')}: not set ${where}; OpenClaw leaves out what needs them`;
  return [because('variable-missing', seen, { evidence, severity: atRest ? 'info' : 'warn' })];
}

/** Secrets that every user of the machine can read. */
function exposed(seen: Examination): Finding[] {
  const open = seen.storage.files.filter(
    ({ path, stat }) => (stat.mode & 0o007) !== 0 && /\.openclaw$|\.sqlite$|openclaw\.json$/.test(path),
  );
  const [directory] = seen.storage.files;
  // Nobody gets through a directory that is closed.
  if (open.length === 0 || directory === undefined || (directory.stat.mode & 0o001) === 0) return [];
  const evidence = `${open.map(({ path }) => path).join(', ')} can be read by every user of this machine`;
  const fix = [`chmod -R go-rwx ${seen.installation.located.stateDir}`];
  return [{ id: 'exposed', layer: 'config', severity: 'info', title: 'other users can read the state', evidence, fix }];
}

function freeIn({ storage }: Examination): number {
  return storage.spaces[0]?.space.free ?? 0;
}

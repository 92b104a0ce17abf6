import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { judgeDatabases, messagesIn } from './copies.ts';
import { addCronJob, createSession, load } from './openclaw-content.ts';
import { pairDevice, reconnect, type PairedDevice } from './openclaw-devices.ts';
import { startGateway, type Gateway } from './openclaw.ts';
import { protect, type Protected } from './protected.ts';
import { stock } from './stock.ts';

const AGENT_DATABASE = 'agents/main/agent/openclaw-agent.sqlite';
const CRON_JOB = 'water the plants';
/** A real Gateway with two devices and a cron job, protected by Clawback. */
export interface Production {
  readonly gateway: Gateway;
  readonly devices: readonly PairedDevice[];
  readonly installation: Protected;
}

export async function startProduction(home: string, openclaw: string): Promise<Production> {
  const gateway = await startGateway({ openclaw, home });
  const devices = [
    await pairDevice(gateway, { kind: 'ui', name: 'browser' }),
    await pairDevice(gateway, { kind: 'node', name: 'garage' }),
  ];
  await addCronJob(gateway, CRON_JOB);
  return { gateway, devices, installation: await protect(home, openclaw) };
}

export interface Round {
  readonly id: string;
  /** Messages that the Gateway had confirmed when the backup began: the first so many. */
  readonly acknowledged: number;
}

export interface LoadOptions {
  readonly rounds: number;
  /** Rounds in which a plain tar is taken as well: every so many, and each until one is not whole. */
  readonly tarEvery: number;
  /** Size of one message. From some thousand bytes on SQLite checkpoints its WAL every second or two. */
  readonly messageBytes: number;
  /** Messages to wait for before the first round. */
  readonly messagesFirst: number;
}

/** Backs up again and again while the Gateway writes, and takes plain tars at the same moments. */
export async function backUpUnderLoad(
  { gateway, installation }: Production,
  options: LoadOptions,
): Promise<{ rounds: Round[]; tars: TarVerdict[]; acknowledged: number }> {
  const rounds: Round[] = [];
  const tars: TarVerdict[] = [];
  await using talk = await load(gateway, await createSession(gateway, 'agent:main:busy'), options.messageBytes);
  await expect.poll(() => talk.acknowledged, { timeout: 1_800_000 }).toBeGreaterThan(options.messagesFirst);
  for (let round = 0; round < options.rounds; round++) {
    const { acknowledged } = talk;
    const isTarDue = round % options.tarEvery === 0 || !tars.some(isTorn);
    const [document, tar] = await Promise.all([
      installation.json('backup'),
      isTarDue ? plainTar(gateway.stateDir, acknowledged) : null,
    ]);
    const { snapshot, warnings } = document as BackupDocument;
    expect(warnings.filter(({ severity }) => severity === 'damage')).toEqual([]);
    expect(talk.acknowledged, 'messages written during the backup').toBeGreaterThan(acknowledged);
    rounds.push({ id: snapshot.id, acknowledged });
    if (tar !== null) tars.push(tar);
  }
  return { rounds, tars, acknowledged: talk.acknowledged };
}

interface BackupDocument {
  readonly snapshot: { readonly id: string };
  readonly warnings: readonly { readonly severity: string }[];
}

export interface TarVerdict {
  readonly corrupt: boolean;
  /** Confirmed messages that are not in it; all of them if it cannot be read. */
  readonly lost: number;
}

/** A tar of a state that was written to meanwhile may be whole by chance. */
export function isTorn({ corrupt, lost }: TarVerdict): boolean {
  return corrupt || lost > 0;
}

/** What everybody does first: `tar -czf` of the live directory. */
async function plainTar(stateDir: string, acknowledged: number): Promise<TarVerdict> {
  const home = dirname(stateDir);
  const [file, unpacked] = [join(home, 'plain.tar.gz'), join(home, 'plain')];
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(unpacked);
  // It exits 1, `file changed as we read it`, and people have learned to ignore that.
  await stock('sh', ['-c', `tar -czf ${file} -C ${stateDir} . || test $? = 1`]);
  await stock('tar', ['-xzf', file, '-C', unpacked]);
  const present = readable(() => messagesIn(join(unpacked, AGENT_DATABASE)));
  const verdicts = Object.values(await judgeDatabases(unpacked));
  return { corrupt: verdicts.some((verdict) => verdict !== 'ok'), lost: missingOf(present, acknowledged).length };
}

function readable(read: () => Set<number>): Set<number> {
  try {
    return read();
  } catch {
    return new Set();
  }
}

/** Restores one of the rounds elsewhere and proves that it is whole; gives the restored home. */
export async function proveRestored({ installation, devices }: Production, round: Round): Promise<string> {
  const home = join(installation.home, 'restored', round.id);
  const stateDir = join(home, '.openclaw');
  await installation.must('restore', round.id, '--target', stateDir, '--no-drill');
  const verdicts = await judgeDatabases(stateDir);
  expect(Object.keys(verdicts)).toEqual(expect.arrayContaining(['state/openclaw.sqlite', AGENT_DATABASE]));
  expect(new Set(Object.values(verdicts)), JSON.stringify(verdicts)).toEqual(new Set(['ok']));
  expect(missingOf(messagesIn(join(stateDir, AGENT_DATABASE)), round.acknowledged)).toEqual([]);
  using state = new DatabaseSync(join(stateDir, 'state', 'openclaw.sqlite'), { readOnly: true });
  const paired = state.prepare('SELECT device_id FROM device_pairing_paired').all();
  expect(paired.map(({ device_id }) => device_id)).toEqual(
    expect.arrayContaining(devices.map(({ deviceId }) => deviceId)),
  );
  const jobs = state.prepare('SELECT name FROM cron_jobs WHERE store_key = ?').all(`${stateDir}/cron/jobs.json`);
  expect(jobs.map(({ name }) => name)).toContain(CRON_JOB);
  return home;
}

/** Boots a restored copy where the stopped original listened: both devices must come back by themselves. */
export async function proveBoots({ gateway, devices }: Production, home: string): Promise<void> {
  const { openclaw, token: secret } = gateway;
  await using restored = await startGateway({ openclaw, home, secret });
  for (const device of devices) expect(await reconnect(restored, device), device.name).toBe('connected');
  const { jobs } = (await restored.call('cron.list')) as { jobs: { name: string }[] };
  expect(jobs.map(({ name }) => name)).toContain(CRON_JOB);
}

function missingOf(present: ReadonlySet<number>, acknowledged: number): number[] {
  return Array.from({ length: acknowledged }, (_, number) => number).filter((number) => !present.has(number));
}

import type { Machine } from '../../../ports/machine.ts';
import { processById, processEnvironment } from '../../openclaw/process.ts';
import type { RunningGateway } from '../../openclaw/running.ts';

/** A Gateway that is alive, and what the kernel says of it. */
export interface LiveGateway extends RunningGateway {
  /** The user that it runs as; null if that may not be seen. */
  readonly uid: number | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  /** Null if it may not be read. Secrets. */
  readonly env: Readonly<Record<string, string>> | null;
  /** The words that it was started with; it may have overwritten them with its name since. */
  readonly command: readonly string[];
  /** `/proc/<pid>/root` if it sees other files than this process, as in a container; else empty. */
  readonly root: string;
  /** True if its loopback is this process's own. */
  readonly sharesNetwork: boolean;
}

/** Ticks of `/proc/<pid>/stat` in a second, on every Linux that Node runs on. */
const TICKS = 100;

export async function liveGateway(running: RunningGateway, machine: Machine): Promise<LiveGateway> {
  const { pid } = running;
  const [status, process, env] = await Promise.all([
    machine.read(`/proc/${pid}/status`),
    processById(pid),
    processEnvironment(pid),
  ]);
  const uid = /^Uid:\s+(\d+)/m.exec(status ?? '')?.[1];
  return {
    ...running,
    uid: uid === undefined ? null : Number(uid),
    startedAt: await startOf(process?.startTime ?? null, machine),
    env,
    command: process?.command ?? [],
    root: (await isShared('mnt', pid, machine)) ? '' : `/proc/${pid}/root`,
    sharesNetwork: await isShared('net', pid, machine),
  };
}

/** The kernel counts from its own start. */
async function startOf(ticks: number | null, machine: Machine): Promise<number | null> {
  const booted = /^btime (\d+)/m.exec((await machine.read('/proc/stat')) ?? '')?.[1];
  return ticks === null || booted === undefined ? null : (Number(booted) + ticks / TICKS) * 1000;
}

/** What may not be compared is taken for shared, which is the case of a Gateway without a container. */
async function isShared(namespace: 'mnt' | 'net', pid: number, machine: Machine): Promise<boolean> {
  const [its, own] = await Promise.all([
    machine.link(`/proc/${pid}/ns/${namespace}`),
    machine.link(`/proc/self/ns/${namespace}`),
  ]);
  return its === null || own === null || its === own;
}

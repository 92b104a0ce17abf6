import type { BootedGateway, GatewaySecret } from '../../ports/gateway.ts';
import { hasCode } from '../../ports/errors.ts';
import type { Counts } from '../archive/manifest.ts';
import { isRecord } from '../openclaw/config-value.ts';
import { inventory, type StateView } from '../openclaw/inventory.ts';
import type { Check } from './report.ts';

/** What a Gateway lists when asked; a count that it would not give is absent. */
export interface Listed {
  readonly agents?: number;
  readonly sessions?: number;
  readonly devices?: number;
  /** Ids of every job, OpenClaw's own among them. */
  readonly cronJobs?: readonly string[];
}

const CRON_PAGE = 200;

/** Counts what the booted Gateway itself knows of. */
export async function askCounts(gateway: BootedGateway, secret: GatewaySecret): Promise<Listed> {
  const answerTo = async (method: string, params: unknown): Promise<Record<string, unknown> | undefined> => {
    const answer = await gateway.call(method, params, secret).catch((error: unknown) => {
      // Releases differ in what they can be asked; a Gateway that went away is another matter.
      if (hasCode(error, 'FAILED')) return undefined;
      throw error;
    });
    return isRecord(answer) ? answer : undefined;
  };
  const ask = async (
    method: string,
    params: unknown,
    count: (answer: Record<string, unknown>) => unknown,
  ): Promise<number | undefined> => {
    const answer = await answerTo(method, params);
    const counted = answer === undefined ? undefined : count(answer);
    return typeof counted === 'number' ? counted : undefined;
  };
  const askJobs = async (): Promise<string[] | undefined> => {
    const ids: string[] = [];
    for (;;) {
      const page = await answerTo('cron.list', { includeDisabled: true, limit: CRON_PAGE, offset: ids.length });
      const jobs = page?.['jobs'];
      if (!Array.isArray(jobs)) return undefined;
      ids.push(...jobs.map((job: unknown) => (isRecord(job) ? String(job['id']) : '')));
      if (jobs.length < CRON_PAGE) return ids;
    }
  };
  const everySession = { includeGlobal: true, includeUnknown: true, archived: 'all', limit: 1 };
  const listed = {
    agents: await ask('agents.list', {}, ({ agents }) => lengthOf(agents)),
    sessions: await ask('sessions.list', everySession, ({ totalCount }) => totalCount),
    cronJobs: await askJobs(),
    devices: await ask('device.pair.list', {}, ({ paired }) => lengthOf(paired)),
  };
  return Object.fromEntries(Object.entries(listed).filter(([, said]) => said !== undefined));
}

/** What was in the restored copy before a Gateway was booted on it. */
export interface Restored {
  readonly counts: Counts;
  /** Ids of the cron jobs that people made. */
  readonly jobs: readonly string[];
}

/** Question 4: what there is, by the databases as the Gateway left them and by what it lists. */
export async function findCounts(
  view: StateView,
  listed: Listed,
  restored: Restored,
): Promise<{ found: Counts; problems: readonly string[] }> {
  const { counts, problems } = await inventory(view);
  return { problems, found: { ...counts, ...seenBy(listed, counts, restored) } };
}

/**
 * What the Gateway lists of devices is all there is, and of cron jobs those that it does not list are dead, whatever rows lie
 * in its database. They are told by their ids: it adds some of its own when it starts, which would make up for the loss of as
 * many. Of agents and sessions it hides some kinds, such as retired agents, so there only "none at all" means a loss.
 */
function seenBy(listed: Listed, counts: Counts, restored: Restored): Partial<Counts> {
  const dead = restored.jobs.filter((id) => listed.cronJobs?.includes(id) === false).length;
  return {
    cronJobs: restored.counts.cronJobs - dead,
    ...(listed.devices === undefined ? {} : { devices: listed.devices }),
    agents: listed.agents === 0 ? 0 : counts.agents,
    sessions: listed.sessions === 0 ? 0 : counts.sessions,
  };
}

/** What each count counts. */
export const COUNT_WORDS: Readonly<Record<keyof Counts, string>> = {
  agents: 'agents',
  sessions: 'sessions',
  messages: 'messages',
  cronJobs: 'cron jobs',
  devices: 'devices',
  channels: 'channels',
  plugins: 'plugins',
};

/** Fewer than the manifest tells is a loss; more is what OpenClaw adds for itself when it starts. */
export function checkContent(
  expected: Counts,
  found: Counts,
  by: { asked: boolean; problems: readonly string[] },
): Check {
  const title = 'everything that was there is there';
  const keys = Object.keys(COUNT_WORDS) as (keyof Counts)[];
  const lost = keys.filter((key) => found[key] < expected[key]);
  const asked = by.asked ? 'asked of the booted gateway and its databases' : 'by the restored databases alone';
  if (lost.length > 0) {
    const evidence = lost.map((key) => `${COUNT_WORDS[key]} ${expected[key]} → ${found[key]}`).join(', ');
    const fix = lost.includes('cronJobs')
      ? 'restore to the path that it was captured from'
      : 'drill an older snapshot: clawback list';
    return { id: 'content', status: 'fail', title, evidence: `${evidence} (${asked})`, fix };
  }
  const there = keys.filter((key) => expected[key] > 0);
  const counted = there.map((key) => `${Math.min(found[key], expected[key])} of ${expected[key]} ${COUNT_WORDS[key]}`);
  const evidence = `${counted.join(', ') || 'there was nothing to count'} (${asked})`;
  if (by.problems.length === 0) return { id: 'content', status: 'ok', title, evidence };
  return { id: 'content', status: 'warn', title, evidence: `${evidence}; ${by.problems.join('; ')}` };
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

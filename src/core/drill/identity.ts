import type { Check } from './report.ts';

/**
 * Whether the Gateway's host is still who it was: its own key, which its CLI and its node share, must be in the state, and a start
 * must not have made another.
 *
 * @param devices how many are paired: a state without any may never have been started
 */
export function checkIdentity(before: string | null, after: string | null, devices: number): Check {
  const about = { id: 'devices-identity', title: "the gateway's host keeps its own key" };
  if (before !== null && before === after)
    return { ...about, status: 'ok', evidence: `device ${before.slice(0, 12)} in the snapshot and after a start` };
  if (before === null && devices === 0)
    return { ...about, status: 'ok', evidence: 'the snapshot has no key yet, and no device' };
  const evidence =
    before === null
      ? 'the snapshot holds no key of the host: its CLI and its node will be new devices'
      : `a start made another key: device ${before.slice(0, 12)} became ${after?.slice(0, 12) ?? 'none'}`;
  const fix = 'drill an older snapshot: clawback list; else approve them once: openclaw devices list';
  return { ...about, status: before === null ? 'warn' : 'fail', evidence, fix };
}

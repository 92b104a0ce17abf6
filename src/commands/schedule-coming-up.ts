import type { Job } from '../core/history.ts';
import { occurrences } from '../core/schedule/occurrences.ts';
import { planOf } from '../core/schedule/plan.ts';
import { type Context, requireConfig } from './context.ts';

/** A job of the schedule, and when it comes due next. */
export interface ComingUp {
  readonly job: Job;
  readonly expression: string;
  /** ISO 8601, UTC. */
  readonly next: string;
}

export function comingUp(context: Context): readonly ComingUp[] {
  const config = requireConfig(context);
  const now = context.now().getTime();
  return planOf(config).jobs.map(({ job, expression }) => {
    const next = occurrences(expression, config.schedule.timezone).after(now);
    return { job, expression, next: `${new Date(next).toISOString().slice(0, 19)}Z` };
  });
}

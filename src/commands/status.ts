import { History } from '../core/history.ts';
import { type InstanceStatus, type OwnInstance, status as statusOf } from '../core/status.ts';
import { type Context, requireConfig } from './context.ts';
import { destinationsFor } from './destinations.ts';

export interface StatusOptions {
  /** Look there, without a config, at every instance that is there. */
  readonly from?: string | undefined;
}

export interface StatusResult {
  /** When it was asked. ISO 8601, UTC. */
  readonly at: string;
  /** By name. */
  readonly instances: readonly InstanceStatus[];
}

/**
 * Whether backups arrive as they should: of this instance in every destination, or of all instances at a location.
 *
 * @throws ClawbackError the error of the first destination if none answers; `NOT_FOUND` if nothing is backed up there.
 */
export async function status(options: StatusOptions, context: Context): Promise<StatusResult> {
  const at = context.now();
  const destinations = await destinationsFor(options.from, context);
  const own = options.from === undefined ? await ownInstance(context) : null;
  const instances = await statusOf({ destinations, own, now: at.getTime() }, context.signal);
  return { at: at.toISOString(), instances };
}

async function ownInstance(context: Context): Promise<OwnInstance> {
  const { instance, schedule } = requireConfig(context);
  return { instance, schedule, runs: await new History(context.paths.stateDir, instance).runs() };
}

import { stateDirOf } from '../core/openclaw/locate.ts';
import { type Context, requireConfig } from './context.ts';
import { restoreIfEmpty } from './restore-if-empty.ts';

export interface RestoredWhereEmpty {
  /** Id of the snapshot; null if there was something already, or no snapshot. */
  readonly restored: string | null;
  readonly stateDir: string;
}

/** For what runs before a Gateway at each start: restores into a state directory with nothing in it, and is content otherwise. */
export async function restoreWhereEmpty(context: Context): Promise<RestoredWhereEmpty> {
  const stateDir = stateDirOf(context.host, requireConfig(context).stateDir);
  return { restored: await restoreIfEmpty(stateDir, context), stateDir };
}

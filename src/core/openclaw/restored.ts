import type { Homes, Move } from './moves.ts';

/** A restored copy that no OpenClaw has been started on yet. */
export interface Restored {
  /** Where the state directory is now: at its destination, or in a staging directory beside it. */
  readonly stateDir: string;
  /** Old and final path of each root that does not return to its old path, the state directory's first; empty if all do. */
  readonly moves: readonly Move[];
  /** Where config files and agent directories from outside the state directory are now. */
  readonly configFiles?: readonly string[] | undefined;
  readonly agentDirs?: readonly string[] | undefined;
  /** What `~` in the config meant on the captured host, and what it will mean; without it, such paths stay. */
  readonly homes?: Homes | undefined;
  /** True to let the restored Gateway send what the captured one had not sent yet; messages may then go out twice. */
  readonly keepQueue?: boolean | undefined;
}

export interface Settled {
  /** Rows removed that bound the copy to the process that was captured. */
  readonly leases: number;
  /** Deliveries removed. */
  readonly queued: number;
  /** Files in which paths were rewritten (relative to the state directory if in it), and how many. */
  readonly rewritten: readonly { readonly path: string; readonly values: number }[];
  /** Jobs in the copy, and those among them that the Gateway will see where the copy goes. */
  readonly cronJobs: { readonly before: number; readonly after: number };
}

import { dirname } from 'node:path';
import type { Todo } from '../core/drill/report.ts';
import type { Activated } from '../core/restore/restore.ts';
import type { DrillResult } from './drill.ts';

export interface TodoFacts {
  readonly token: 'keep' | 'adopt' | 'rotate';
  readonly drill: DrillResult | undefined;
  /** What needs care after every restore of this state. */
  readonly care: readonly Todo[];
  /** The drill said no, and what was there before is back. */
  readonly isUndone: boolean;
  /** Where this host's OpenClaw would look for its state instead; null if it finds it. */
  readonly elsewhere: string | null;
  /** False on a fresh host, which would go on without backups. */
  readonly isSetUp: boolean;
  /** True if the restored files belong to another user than the directory that they lie in. */
  readonly isStrange: boolean;
}

/** What is left to do after a restore, in the order in which to do it. */
export function todoAfter(
  activated: Activated,
  { token, drill, care, isUndone, elsewhere, isSetUp, isStrange }: TodoFacts,
): Todo[] {
  if (isUndone) {
    return [
      {
        title:
          'the drill failed, so what was there before is back in its place; see its findings, then try an older snapshot',
        command: 'clawback list',
      },
    ];
  }
  const { manifest, plan, previous, writtenVariables } = activated;
  const target = plan.roots.find(({ root }) => root.kind === 'state')?.path ?? '';
  const todo: Todo[] = [];
  for (const { name, sealed } of manifest.environment) {
    if (!sealed)
      todo.push({ title: `set ${name} in the environment of the service: the snapshot does not hold its value` });
  }
  if (isStrange) {
    todo.push({
      title:
        'the files belong to the user id that they had when they were captured: give them to the user that runs OpenClaw here',
      command: `chown -R --reference=${dirname(target)} ${target}`,
    });
  }
  if (elsewhere !== null) {
    todo.push({
      title: `OpenClaw on this host looks in ${elsewhere}: tell its service where the state is`,
      command: `export OPENCLAW_STATE_DIR=${target}`,
    });
  }
  todo.push(...care);
  todo.push({ title: 'start the Gateway', command: 'openclaw gateway start' });
  for (const { name, deviceId, verdict, reason, fix } of drill?.devices ?? []) {
    if (verdict === 'keeps') continue;
    todo.push({ title: `${name ?? deviceId.slice(0, 12)}: ${reason}`, ...(fix === undefined ? {} : { command: fix }) });
  }
  if (token !== 'keep') {
    todo.push({
      title: `the gateway token is ${token === 'adopt' ? "this host's" : 'a new one'}: enter it in each browser (it stands in ${target}/.env), and change it wherever the service sets it`,
    });
  }
  if (writtenVariables.length > 0) {
    todo.push({
      title: `${writtenVariables.join(', ')} came from the service's environment and now stands in ${target}/.env; move it back there when you can`,
    });
  }
  if (!isSetUp) {
    todo.push({
      title: 'this host has no config of clawback: set it up, so that backups go on',
      command: 'clawback init',
    });
  }
  for (const path of previous) {
    todo.push({ title: 'when all is well, remove what was there before', command: `rm -r ${path}` });
  }
  return todo;
}

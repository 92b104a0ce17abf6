import { TarThread } from '../core/capture/tar-thread.ts';
import type { Job } from '../core/history.ts';
import { hasRules } from '../core/retention/rules.ts';
import { ClawbackError } from '../ports/errors.ts';
import { backup } from './backup.ts';
import { type Context, requireConfig } from './context.ts';
import { drill } from './drill.ts';
import { prune } from './prune.ts';
import { verify } from './verify.ts';

const RUN: Readonly<Record<Job, (context: Context) => Promise<void>>> = {
  backup: async (context) => {
    await using thread = new TarThread();
    const {
      snapshot,
      destinations,
      seconds,
      hookProblems = [],
    } = await backup({ destinations: [], full: false }, context, thread);
    const holders = destinations.filter(({ ok }) => ok).map(({ name }) => name);
    context.say(`backup: ${snapshot.id} is stored in ${holders.join(' and ')}, in ${seconds.toFixed(1)} s`);
    const failed = destinations.filter(({ ok }) => !ok);
    if (failed.length > 0) {
      const why = failed.map(({ name, error }) => `${name}: ${error ?? 'unknown'}`).join('; ');
      throw new ClawbackError('UNAVAILABLE', `not every destination took the snapshot: ${why}`, {
        hint: 'the next backup delivers what is missing',
      });
    }
    if (hookProblems.length > 0) throw new ClawbackError('FAILED', hookProblems.join('; '));
  },
  verify: async (context) => {
    const { results } = await verify({ snapshot: 'latest', all: false }, context);
    const bad = results.filter(({ ok }) => !ok).map(({ id, destination }) => `${id} in ${destination}`);
    if (bad.length > 0) {
      throw new ClawbackError('INTEGRITY', `not as it was written: ${bad.join(', ')}`, {
        hint: 'clawback verify says what is wrong; take a new backup now',
      });
    }
    context.say(`verify: ${results.map(({ id, destination }) => `${id} in ${destination}`).join(' and ')} is whole`);
  },
  prune: async (context) => {
    if (!hasRules(requireConfig(context).retention)) {
      context.say('prune: the config has no retention policy, so nothing is removed');
      return;
    }
    const { destinations, refused } = await prune({ destinations: [], dryRun: false }, context);
    if (refused !== undefined) {
      throw new ClawbackError('INTEGRITY', `nothing was pruned: ${refused}`, {
        hint: 'look at that snapshot; if it is as it should be: clawback prune --confirm SNAPSHOT',
      });
    }
    const failed = destinations.filter(({ ok }) => !ok);
    if (failed.length > 0) {
      const why = failed.map(({ name, error }) => `${name}: ${error ?? 'unknown'}`).join('; ');
      throw new ClawbackError('UNAVAILABLE', `not every destination was pruned: ${why}`, {
        hint: 'the next prune goes on there',
      });
    }
    const removed = destinations.map(({ name, removed }) => `${removed.length} from ${name}`);
    context.say(`prune: removed ${removed.join(' and ')}`);
  },
  drill: async (context) => {
    const { snapshot, verdict } = await drill({ snapshot: 'latest' }, context);
    if (verdict === 'fail' || verdict === 'incomplete') {
      throw new ClawbackError('INTEGRITY', `the drill of ${snapshot.id} says ${verdict}`, {
        hint: 'clawback drill says what is wrong and what mends it',
      });
    }
    context.say(`drill: ${snapshot.id} comes back (${verdict})`);
  },
};

/** Does what the command of the same name does without options, says in a line how it went, and throws if it did not go well. */
export function runJob(job: Job, context: Context): Promise<void> {
  return RUN[job](context);
}

import type { Config } from '../config/config.ts';
import { type Job, JOBS } from '../history.ts';
import { hasRules } from '../retention/rules.ts';
import { ClawbackError } from '../../ports/errors.ts';
import { type CronFields, cronFields } from './cron-fields.ts';

/** Schedulers of a host, and of containers. */
export type LocalFormat = 'systemd' | 'cron' | 'launchd';
export type ContainerFormat = 'kubernetes' | 'compose';
export type Format = LocalFormat | ContainerFormat;

/** What is to run when, for a scheduler that is not ours. */
export interface Plan {
  readonly instance: string;
  /** An IANA name. */
  readonly timezone: string;
  /** Milliseconds by which a run may be late at random. */
  readonly jitter: number;
  /** At least one. */
  readonly jobs: readonly PlannedJob[];
}

export interface PlannedJob {
  /** The command of the same name does it. */
  readonly job: Job;
  /** As the config has it. */
  readonly expression: string;
  readonly fields: CronFields;
}

/** What a scheduler of this host must know besides: absolute paths all. */
export interface LocalPlan extends Plan {
  /** The words that start Clawback: Node and the launcher. */
  readonly program: readonly string[];
  readonly configFile: string;
  /** Lines `NAME=value` for what the config takes from the environment; null if there is no such file. */
  readonly environmentFile: string | null;
  /** Variables that the run needs, such as `PATH`; none is a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** Null on a host that can only write. */
  readonly identity: string | null;
  readonly signingKey: string;
  /** Clawback's own directories. */
  readonly ownDirectories: readonly string[];
  /** Directories that are destinations. */
  readonly destinations: readonly string[];
}

/** What of a config a plan is made of. */
export type Planned = Pick<Config, 'instance' | 'schedule' | 'retention' | 'identity'>;

/**
 * @param possible the jobs that can be run this way.
 * @throws ClawbackError `CONFIG` if an expression is none, or nothing is to run.
 */
export function planOf(config: Planned, possible: readonly Job[] = JOBS): Plan {
  const { instance, schedule } = config;
  const jobs = possible.flatMap((job) => {
    const expression = schedule[job];
    return expression === null || hasNothingToDo(job, config)
      ? []
      : [{ job, expression, fields: cronFields(expression) }];
  });
  if (jobs.length === 0) {
    throw new ClawbackError('CONFIG', 'the config schedules nothing that could be run this way', {
      hint: 'give schedule.backup an expression, such as 17 * * * *',
    });
  }
  return { instance, timezone: schedule.timezone, jitter: schedule.jitter, jobs };
}

/** Without a policy nothing is pruned, and without an identity no snapshot is opened for a drill. */
function hasNothingToDo(job: Job, { retention, identity }: Planned): boolean {
  return (job === 'prune' && !hasRules(retention)) || (job === 'drill' && identity === null);
}

/** The words of the command line that does a job. */
export function commandLine({ program, configFile, environmentFile }: LocalPlan, job: Job): readonly string[] {
  const [node = '', ...launcher] = program;
  const variables = environmentFile === null ? [] : [`--env-file=${environmentFile}`];
  return [node, ...variables, ...launcher, job, '--config', configFile];
}

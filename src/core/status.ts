import { ClawbackError } from '../ports/errors.ts';
import { type Alarm, alarmText, suspicions } from './alarm.ts';
import type { Schedule } from './config/config.ts';
import { type LastDrill, lastDrillOf, type Run } from './history.ts';
import type { Destination } from './publish.ts';
import { type DestinationStatus, destinationStatus } from './status/destination.ts';
import { type Sighting, surveyDestination } from './status/survey.ts';

export interface InstanceStatus {
  readonly instance: string;
  /** Of the destination that is best off; ISO 8601, UTC. */
  readonly lastSuccess: string | null;
  /** Null if nobody knows a schedule. */
  readonly nextDue: string | null;
  /** True if no destination has a snapshot that is new enough. */
  readonly overdue: boolean;
  readonly lastDrill?: LastDrill;
  /** What holds prune back. */
  readonly alarm?: Alarm;
  /** What a person should look at, a sentence each; none if all is well. */
  readonly problems: readonly string[];
  readonly destinations: readonly DestinationStatus[];
}

/** What this host knows of its own instance besides what the storages say. */
export interface OwnInstance {
  readonly instance: string;
  readonly schedule: Schedule;
  /** Oldest first. */
  readonly runs: readonly Run[];
}

export interface StatusRequest {
  readonly destinations: readonly Destination[];
  /** Null on a machine that knows no more than a location: then every instance there is looked at. */
  readonly own: OwnInstance | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What one destination said; null if it has nothing of the instance. */
interface Answer {
  readonly destination: Destination;
  readonly seen: Sighting | ClawbackError | null;
}

/**
 * Who is backed up and who is overdue, from what the storages hold and what this host remembers.
 *
 * @throws ClawbackError the error of the first destination if none answers; `NOT_FOUND` if no instance is there.
 */
export async function status(request: StatusRequest, signal: AbortSignal): Promise<InstanceStatus[]> {
  const { destinations, own } = request;
  const surveys = await Promise.all(
    destinations.map(async (destination) => ({
      destination,
      survey: await surveyDestination(destination, own?.instance ?? null, signal),
    })),
  );
  const [first] = surveys;
  if (first?.survey instanceof ClawbackError && surveys.every(({ survey }) => survey instanceof ClawbackError)) {
    throw first.survey;
  }
  const found = surveys.flatMap(({ survey }) => (survey instanceof ClawbackError ? [] : [...survey.keys()]));
  const names = new Set(own === null ? found : [own.instance]);
  if (names.size === 0) {
    throw new ClawbackError('NOT_FOUND', 'no instance is backed up there', {
      hint: 'check the location; its last part is the directory that holds the instances',
    });
  }
  return [...names].sort().map((instance) => {
    const answers = surveys.map(({ destination, survey }) => ({
      destination,
      seen: survey instanceof ClawbackError ? survey : (survey.get(instance) ?? null),
    }));
    return instanceStatus(instance, answers, request);
  });
}

function instanceStatus(instance: string, answers: readonly Answer[], { own, now }: StatusRequest): InstanceStatus {
  const destinations = answers.map((answer) => destinationStatus(answer, own?.schedule ?? null, now));
  const best = destinations.toSorted((a, b) => ((a.lastSuccess ?? '') < (b.lastSuccess ?? '') ? 1 : -1))[0];
  const lastDrill = newestDrill(answers, own);
  const alarm = own === null ? alarmTold(answers) : suspicions(own.runs).alarms[0];
  return {
    instance,
    lastSuccess: best?.lastSuccess ?? null,
    nextDue: best?.nextDue ?? null,
    overdue: destinations.every(({ lastSuccess, overdue }) => lastSuccess === null || overdue),
    ...(lastDrill === undefined ? {} : { lastDrill }),
    ...(alarm === undefined ? {} : { alarm }),
    problems: [
      ...destinations.flatMap(destinationProblem),
      ...answers.flatMap(({ destination, seen }) =>
        problemsOf(seen).map((problem) => `${destination.name}: ${problem}`),
      ),
      ...(own === null ? [] : lastBackupProblems(own.runs)),
      ...(lastDrill?.verdict === 'fail' ? ['the last drill failed: that snapshot does not come back as it was'] : []),
      ...(alarm === undefined ? [] : [`${alarmText(alarm)}; nothing is pruned until a person confirms it`]),
    ],
    destinations,
  };
}

function documentOf({ seen }: Answer) {
  return seen === null || seen instanceof ClawbackError ? null : seen.document;
}

function problemsOf(seen: Answer['seen']): readonly string[] {
  return seen === null || seen instanceof ClawbackError ? [] : seen.problems;
}

/** Whoever drilled last, here or elsewhere. */
function newestDrill(answers: readonly Answer[], own: OwnInstance | null): LastDrill | undefined {
  const told = answers.map((answer) => documentOf(answer)?.lastDrill ?? null);
  return [...told, own === null ? null : lastDrillOf(own.runs)]
    .filter((drill) => drill !== null)
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}

function alarmTold(answers: readonly Answer[]): Alarm | undefined {
  const [snapshot] = answers.flatMap((answer) => documentOf(answer)?.alarm ?? []);
  return snapshot === undefined ? undefined : { snapshot, findings: ['it holds far less than the one before'] };
}

function destinationProblem({ name, ok, lastSuccess, overdue, error }: DestinationStatus): string[] {
  if (!ok) return [`${name} does not answer: ${error ?? 'unknown'}`];
  if (lastSuccess === null) return [`${name} has no snapshot`];
  return overdue ? [`${name} is overdue`] : [];
}

/** What the last backup on this host could not do, which the storages cannot know. */
function lastBackupProblems(runs: readonly Run[]): string[] {
  const last = runs.findLast((run) => run.job === 'backup');
  if (last?.job !== 'backup') return [];
  if (last.error !== undefined) return [`the last backup failed: ${last.error.message}`];
  const missed = (last.destinations ?? []).filter(({ ok }) => !ok).map(({ name }) => name);
  return missed.length === 0 ? [] : [`the last backup did not reach ${missed.join(', ')}`];
}

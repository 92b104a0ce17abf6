import type { Check, DeviceReport, DeviceVerdict, DrillReport, Status } from './report.ts';

/** What every page about a drill needs of a report. */
export type Outlined = Pick<DrillReport, 'checks' | 'devices' | 'todo'>;

/** One of the six questions of a drill, with the checks that answer it. */
export interface Question {
  /** 1 to 6. */
  readonly number: number;
  readonly title: string;
  /** That of its worst check; `unknown` if nothing was asked. */
  readonly status: Status;
  readonly checks: readonly Check[];
}

/** Something to do about what a drill found. */
export interface Step {
  /** What for, or what to do if that is all. */
  readonly why: string;
  /** A command, or what to do in words. */
  readonly fix: string | null;
}

/** Titles of the six questions, and how the ids of the checks begin that answer them. */
const QUESTIONS: readonly { readonly title: string; readonly ids: readonly string[] }[] = [
  { title: 'Is every byte what it was?', ids: ['integrity'] },
  { title: 'Is the token the one that clients know?', ids: ['token'] },
  { title: 'Do the devices come back?', ids: ['devices', 'identity', 'canary'] },
  { title: 'Is everything there?', ids: ['content'] },
  { title: 'Does OpenClaw start on it?', ids: ['start', 'upgrade'] },
  // Also what a later release may check that this one has no question for.
  { title: 'Is the deployment sound?', ids: ['checklist'] },
];

const WORST_FIRST: readonly Status[] = ['fail', 'warn', 'unknown', 'ok'];

/** What a device will need, as its row says it. */
export const DEVICE_WORDS: Readonly<Record<DeviceVerdict, string>> = {
  keeps: 'keeps its access',
  'enter-token': 'enter the token again',
  'approve-again': 'approve again',
  'pair-again': 'pair again',
  'revoke-again': 'revoke again',
  unknown: 'not known',
};

/** The six questions, in the order in which a person asks them. */
export function questionsOf({ checks }: Pick<Outlined, 'checks'>): Question[] {
  const answered = Map.groupBy(checks, ({ id }) => {
    const index = QUESTIONS.findIndex(({ ids }) => ids.some((own) => id === own || id.startsWith(`${own}-`)));
    return index < 0 ? QUESTIONS.length - 1 : index;
  });
  return QUESTIONS.map(({ title }, index) => {
    const own = answered.get(index) ?? [];
    const status = WORST_FIRST.find((candidate) => own.some((check) => check.status === candidate)) ?? 'unknown';
    return { number: index + 1, title, status, checks: own };
  });
}

/** What to do next, the worst first; devices that need the same stand together. */
export function stepsOf({ checks, devices, todo }: Outlined): Step[] {
  const ofDevices = deviceSteps(devices);
  const ofChecks = checks
    // It only counts what the devices say one by one.
    .filter(({ id }) => id !== 'devices' || ofDevices.length === 0)
    .toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status))
    .flatMap(({ title, status, fix }) =>
      status === 'ok' || fix === undefined ? [] : [{ fix, why: `so that ${title}` }],
    );
  return [...ofChecks, ...ofDevices, ...todo.map(({ title, command }) => ({ why: title, fix: command ?? null }))];
}

/** A name for people: what its owner called it, else the beginning of its id. */
export function deviceName({ name, deviceId }: DeviceReport): string {
  return name ?? deviceId.slice(0, 12);
}

function deviceSteps(devices: readonly DeviceReport[]): Step[] {
  const needing = devices.filter(({ verdict, fix }) => verdict !== 'keeps' && fix !== undefined);
  const alike = Map.groupBy(needing, ({ verdict, fix }) => `${verdict}\0${fix ?? ''}`);
  return [...alike.values()].flatMap((group) => {
    const [{ verdict, fix } = {}] = group;
    if (verdict === undefined || fix === undefined) return [];
    return [{ fix, why: `${group.map(deviceName).join(', ')}: ${DEVICE_WORDS[verdict]}` }];
  });
}

/** What the devices were compared with, in words. */
export function comparisonWords({ comparedWith }: Pick<DrillReport, 'comparedWith'>): string {
  if (comparedWith === null) return 'judged by the snapshot alone';
  const what = { live: 'the installation on this host', aside: 'what was there before', given: 'the installation' };
  return `compared with ${what[comparedWith.kind]}, ${comparedWith.stateDir}`;
}

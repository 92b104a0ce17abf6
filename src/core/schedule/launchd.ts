import type { UnitFile } from '../../ports/scheduler.ts';
import { ClawbackError } from '../../ports/errors.ts';
import { type CronFields, eitherDay, type Field, refuseSeconds } from './cron-fields.ts';
import { commandLine, type LocalPlan, type PlannedJob } from './plan.ts';
import { refuseOtherZone } from './zone-of-host.ts';

/** Instants that one agent lists; launchd has neither lists nor ranges, so each is spelled out. */
const MOST = 500;

/**
 * A launchd agent for each job, as launchd.plist(5) describes them.
 *
 * @param logFile where what a run says is written to.
 * @throws ClawbackError `CONFIG` for what launchd cannot say.
 */
export function launchdAgents(plan: LocalPlan, hostZone: string, logFile: string): readonly UnitFile[] {
  refuseOtherZone(plan, hostZone, 'launchd');
  return plan.jobs.map((job) => ({
    name: `${agentLabel(plan.instance, job.job)}.plist`,
    text: agent(plan, job, logFile),
  }));
}

export function agentLabel(instance: string, job: string): string {
  return `dev.clawback.${instance}.${job}`;
}

function agent(plan: LocalPlan, { job, fields }: PlannedJob, logFile: string): string {
  refuseSeconds(fields, 'launchd');
  const value = {
    Label: agentLabel(plan.instance, job),
    ProgramArguments: commandLine(plan, job),
    EnvironmentVariables: plan.variables,
    StartCalendarInterval: eitherDay(fields).flatMap(instants),
    ProcessType: 'Background',
    LowPriorityIO: true,
    Umask: 0o077,
    StandardOutPath: logFile,
    StandardErrorPath: logFile,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<!-- Made by clawback schedule install; clawback schedule uninstall removes it. -->',
    '<plist version="1.0">',
    plist(value),
    '</plist>',
    '',
  ].join('\n');
}

/** Every combination; a key that is missing stands for every value. */
function instants({ minute, hour, day, month, weekday }: CronFields): readonly Readonly<Record<string, number>>[] {
  const keys = Object.entries({ Minute: minute, Hour: hour, Day: day, Month: month, Weekday: weekday });
  const count = keys.reduce((product, [, field]) => product * (field?.length ?? 1), 1);
  if (count > MOST) {
    throw new ClawbackError('CONFIG', `launchd would have to list ${count} instants`, {
      hint: 'write a simpler expression, or keep the schedule with clawback schedule run',
    });
  }
  return keys.reduce<readonly Readonly<Record<string, number>>[]>(
    (found, [key, field]: [string, Field]) =>
      field === null ? found : found.flatMap((one) => field.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

type PlistValue = string | number | boolean | readonly PlistValue[] | { readonly [key: string]: PlistValue };

function plist(value: PlistValue, indent = ''): string {
  const inner = `${indent}  `;
  if (typeof value === 'string') return `${indent}<string>${escape(value)}</string>`;
  if (typeof value === 'number') return `${indent}<integer>${value}</integer>`;
  if (typeof value === 'boolean') return `${indent}<${value}/>`;
  if (isList(value))
    return [`${indent}<array>`, ...value.map((item) => plist(item, inner)), `${indent}</array>`].join('\n');
  const entries = Object.entries(value).flatMap(([key, item]) => [
    `${inner}<key>${escape(key)}</key>`,
    plist(item, inner),
  ]);
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`].join('\n');
}

function isList(value: object): value is readonly PlistValue[] {
  return Array.isArray(value);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import type { UnitFile } from '../../ports/scheduler.ts';
import { commandLine, type LocalPlan, type PlannedJob } from './plan.ts';
import { onCalendar } from './systemd-calendar.ts';

/** Whose manager runs the units: the one of a user, who is logged in or lingers, or the one of the system. */
export type SystemdScope = 'user' | 'system';

const MADE = '# Made by clawback schedule install; clawback schedule uninstall removes it.';

/** A service and a timer for each job. */
export function systemdUnits(plan: LocalPlan, scope: SystemdScope): readonly UnitFile[] {
  return plan.jobs.flatMap((job) => {
    const name = unitName(plan.instance, job.job);
    return [
      { name: `${name}.service`, text: service(plan, job, scope) },
      { name: `${name}.timer`, text: timer(plan, job) },
    ];
  });
}

export function unitName(instance: string, job: string): string {
  return `clawback-${instance}-${job}`;
}

function service(plan: LocalPlan, { job }: PlannedJob, scope: SystemdScope): string {
  const { instance, variables, identity, signingKey } = plan;
  const credentials = { ...(identity === null ? {} : { identity }), 'signing-key': signingKey };
  const [executable = '', ...words] = commandLine(plan, job);
  return lines(
    MADE,
    '[Unit]',
    `Description=Clawback: ${job} of ${instance}`,
    // The manager of a user has no such target.
    ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${[quoted(executable), ...words.map(word)].join(' ')}`,
    ...Object.entries(variables).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    // Read by the manager: the run sees copies that nobody else can read, and that are gone when it ends.
    ...Object.entries(credentials).map(([name, path]) => `LoadCredential=${name}:${specifiers(path)}`),
    ...(identity === null ? [] : ['Environment=CLAWBACK_IDENTITY=%d/identity']),
    'Environment=CLAWBACK_SIGNING_KEY=%d/signing-key',
    'Nice=10',
    'IOSchedulingPriority=7',
    'TimeoutStopSec=2min',
    'UMask=0077',
    ...(job === 'drill' ? DRILL : hardening(plan, scope)),
  );
}

/** The drill boots OpenClaw in namespaces of its own, which a sandbox around it would not let it make. */
const DRILL = ['# No sandbox: the drill makes its own, with namespaces and mounts.'];

/** What is captured is read only: a backup cannot harm it. See systemd.exec(5); `MemoryDenyWriteExecute=` would stop Node. */
function hardening({ ownDirectories, destinations }: LocalPlan, scope: SystemdScope): readonly string[] {
  return [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    'PrivateTmp=yes',
    ...ownDirectories.map((path) => `ReadWritePaths=${quoted(path)}`),
    // A disk that is not mounted is for the backup to notice.
    ...destinations.map((path) => `ReadWritePaths=-${quoted(path)}`),
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    // These take capabilities away, which the manager of a user cannot: its services would not start.
    ...(scope === 'system' ? SYSTEM_ONLY : []),
  ];
}

const SYSTEM_ONLY = [
  'PrivateDevices=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  // To read what belongs to the user of OpenClaw, and its environment in /proc.
  'CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_SYS_PTRACE',
];

function timer({ instance, timezone, jitter }: LocalPlan, { job, fields, expression }: PlannedJob): string {
  return lines(
    MADE,
    '[Unit]',
    `Description=Clawback: when to run the ${job} of ${instance}`,
    '',
    '[Timer]',
    `# ${expression}`,
    ...onCalendar(fields, timezone).map((calendar) => `OnCalendar=${calendar}`),
    '# What came due while the machine was off is made up for at its start.',
    'Persistent=yes',
    'AccuracySec=1s',
    `RandomizedDelaySec=${Math.round(jitter / 1000)}s`,
    '',
    '[Install]',
    'WantedBy=timers.target',
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

/** A word after the first of a command line; in that one alone a dollar sign means itself. */
function word(text: string): string {
  return quoted(text).replaceAll('$', '$$$$');
}

function quoted(text: string): string {
  const escaped = specifiers(text).replaceAll(/["\\]/g, String.raw`\$&`);
  return /^[\w@%+=:,./~-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

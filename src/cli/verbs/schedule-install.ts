import { Option, type Command } from 'commander';
import type { SchedulePrintOptions } from '../../commands/schedule-print.ts';
import type { ScheduleInstallOptions } from '../../commands/schedule-install.ts';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

const FORMATS = ['systemd', 'cron', 'launchd', 'kubernetes', 'compose'];

/** `install`, `uninstall`, `status` and `print`: the schedule in the hands of somebody else's scheduler. */
export function declareInstall(schedule: Command, execute: Execute): void {
  inFormat(schedule.command('install'))
    .description('give the schedule to a scheduler of this host')
    .addHelpText('after', examples('clawback schedule install', 'clawback schedule install --format cron'))
    .action((_: unknown, command: Command) =>
      execute(command, async () => {
        const [{ scheduleInstall }, { renderScheduleInstall }] = await Promise.all([
          import('../../commands/schedule-install.ts'),
          import('../render/schedule.ts'),
        ]);
        return {
          run: (context) => scheduleInstall(command.optsWithGlobals<ScheduleInstallOptions>(), context),
          render: renderScheduleInstall,
        };
      }),
    );
  inFormat(schedule.command('uninstall'))
    .description('take it away again, without a trace')
    .addHelpText('after', examples('clawback schedule uninstall'))
    .action((_: unknown, command: Command) =>
      execute(command, async () => {
        const [{ scheduleUninstall }, { renderScheduleInstall }] = await Promise.all([
          import('../../commands/schedule-install.ts'),
          import('../render/schedule.ts'),
        ]);
        return {
          run: (context) => scheduleUninstall(command.optsWithGlobals<ScheduleInstallOptions>(), context),
          render: renderScheduleInstall,
        };
      }),
    );
  schedule
    .command('status')
    .description('say which scheduler keeps the schedule, and what comes up')
    .addHelpText('after', examples('clawback schedule status'))
    .action((_: unknown, command: Command) =>
      execute(command, async () => {
        const [{ scheduleStatus }, { renderScheduleStatus, scheduleStatusExit }] = await Promise.all([
          import('../../commands/schedule-status.ts'),
          import('../render/schedule.ts'),
        ]);
        return { run: scheduleStatus, render: renderScheduleStatus, exitCode: scheduleStatusExit };
      }),
    );
  declarePrint(schedule, execute);
}

function declarePrint(schedule: Command, execute: Execute): void {
  inFormat(schedule.command('print'))
    .description('print what install would write, and the manifests for containers; needs no rights')
    .option('--image <image>', 'what containers run; its clawback is on the PATH', 'clawback:latest')
    .option('--namespace <name>', 'where OpenClaw runs, for kubernetes', 'openclaw')
    .option('--claim <name>', 'the volume claim that holds its state, for kubernetes', 'openclaw-home-pvc')
    .addHelpText(
      'after',
      examples('clawback schedule print --format kubernetes', 'clawback schedule print --format compose'),
    )
    .action((_: unknown, command: Command) =>
      execute(command, async () => {
        const [{ schedulePrint }, { renderSchedulePrint }] = await Promise.all([
          import('../../commands/schedule-print.ts'),
          import('../render/schedule.ts'),
        ]);
        const options = command.optsWithGlobals<SchedulePrintOptions>();
        return { run: (context) => schedulePrint(options, context), render: renderSchedulePrint };
      }),
    );
}

function inFormat(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'whose scheduler').choices(FORMATS).default('systemd'))
    .addOption(
      new Option('--scope <scope>', 'whose systemd: this user, or the system')
        .choices(['user', 'system'])
        .default(process.getuid?.() === 0 ? 'system' : 'user', 'system for root, else user'),
    );
}

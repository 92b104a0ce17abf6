import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';
import { declareInstall } from './schedule-install.ts';

export function declareSchedule(program: Command, execute: Execute): void {
  const schedule = program.command('schedule').description('back up, verify, prune and drill by the clock');
  schedule.helpCommand(false).addHelpText('after', examples('clawback schedule run'));
  declareRun(schedule, execute);
  declareInstall(schedule, execute);
}

function declareRun(schedule: Command, execute: Execute): void {
  schedule
    .command('run')
    .description('keep the schedule of the config until told to stop; on SIGHUP, read the config again')
    .addHelpText('after', examples('clawback schedule run'))
    .action((_: unknown, command: Command) =>
      execute(command, async () => {
        const [{ scheduleRun }, { renderScheduleRun }] = await Promise.all([
          import('../../commands/schedule-run.ts'),
          import('../render/schedule-run.ts'),
        ]);
        return { run: scheduleRun, render: renderScheduleRun };
      }),
    );
}

import { Option, type Command } from 'commander';
import { parseDuration } from '../../core/config/duration.ts';
import type { CommonFlags, Execute } from '../execute.ts';
import { examples } from './declare.ts';

interface RunFlags extends CommonFlags {
  readonly grace: number;
  readonly lease?: number;
  readonly wait?: number;
  readonly takeOver?: true;
}

export function declareRun(program: Command, execute: Execute): void {
  program
    .command('run')
    .description(
      'for hosts whose disk forgets: restore if there is nothing, run a command, back up meanwhile and at its end',
    )
    .argument('<command...>', 'what to run, after --')
    .addOption(
      duration('--grace <duration>', 'from SIGTERM until the platform kills: Cloud Run gives 10s, Fargate 30s').default(
        9000,
        '9s',
      ),
    )
    .addOption(
      duration(
        '--lease <duration>',
        'how long the lease lasts without being renewed (default: 60s, or thrice the grace)',
      ),
    )
    .addOption(
      duration('--wait <duration>', 'how long to wait while another host runs the instance (default: until it ends)'),
    )
    .option('--take-over', 'the other host is dead: take the lease at once')
    .addHelpText(
      'after',
      examples('clawback run -- openclaw gateway run', 'clawback run --grace 29s -- openclaw gateway run'),
    )
    .action((words: readonly string[], _: unknown, self: Command) =>
      execute(self, async () => {
        const { run } = await import('../../commands/run.ts');
        const { grace, lease, wait, takeOver } = self.optsWithGlobals<RunFlags>();
        const options = { command: words, grace, lease, wait, takeOver: takeOver === true };
        // stdout is the command's.
        return { run: (context) => run(options, context), render: () => '', exitCode: ({ exitCode }) => exitCode };
      }),
    );
}

function duration(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parseDuration);
}

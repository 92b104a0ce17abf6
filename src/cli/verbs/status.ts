import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

export function declareStatus(program: Command, execute: Execute): void {
  program
    .command('status')
    .description('say when the last backup arrived, when the next is due, and how the last drill ended')
    .option('--from <url>', 'look at every instance at this location; needs no config and no identity')
    .addHelpText('after', examples('clawback status', 'clawback status --from s3://bucket/claw?region=eu-central-1'))
    .action((flags: { readonly from?: string }, command: Command) =>
      execute(command, async () => {
        const [{ status }, { renderStatus, statusExit }] = await Promise.all([
          import('../../commands/status.ts'),
          import('../render/status.ts'),
        ]);
        // A location is all that it takes, and a config that is broken does not hold it up.
        const readsConfig = flags.from === undefined;
        return { run: (context) => status(flags, context), render: renderStatus, exitCode: statusExit, readsConfig };
      }),
    );
}

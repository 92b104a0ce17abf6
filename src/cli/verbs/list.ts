import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples, fromOption } from './declare.ts';

interface ListFlags {
  readonly destination?: string;
  readonly instance?: string;
  readonly from?: string;
}

export function declareList(program: Command, execute: Execute): void {
  program
    .command('list')
    .description('list the snapshots, newest first; needs no identity')
    .option('--destination <name>', 'only those in this destination')
    .option('--instance <name>', 'those of another instance (default: the one in the config)')
    .addOption(fromOption())
    .addHelpText('after', examples('clawback list', 'clawback list --from file:///mnt/nas/claw'))
    .action((flags: ListFlags, command: Command) =>
      execute(command, async () => {
        const [{ list }, { renderList }] = await Promise.all([
          import('../../commands/list.ts'),
          import('../render/list.ts'),
        ]);
        // A location is all that it takes, and a config that is broken does not hold it up.
        const readsConfig = flags.from === undefined;
        return { run: (context) => list(flags, context), render: renderList, readsConfig };
      }),
    );
}

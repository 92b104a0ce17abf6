import type { Command } from 'commander';
import type { CommonFlags, Execute } from '../execute.ts';
import { examples, repeatable, SNAPSHOT_HELP } from './declare.ts';

interface PruneFlags extends CommonFlags {
  readonly destination: readonly string[];
  readonly dryRun?: boolean;
  readonly explain?: boolean;
  readonly confirm?: string;
}

export function declarePrune(program: Command, execute: Execute): void {
  program
    .command('prune')
    .description('remove the snapshots that the retention policy does not keep')
    .addOption(repeatable('--destination <name>', 'only this destination'))
    .option('--dry-run', 'say what would be removed; remove nothing')
    .option('--explain', 'say of each snapshot why it stays or goes')
    .option('--confirm <snapshot>', `this suspicious snapshot is as it should be, and all before it (${SNAPSHOT_HELP})`)
    .addHelpText('after', examples('clawback prune --dry-run --explain', 'clawback prune'))
    .action((_: unknown, command: Command) =>
      execute(command, async () => {
        const [{ prune }, { renderPrune, pruneExit }] = await Promise.all([
          import('../../commands/prune.ts'),
          import('../render/prune.ts'),
        ]);
        const { destination, dryRun, explain, confirm } = command.optsWithGlobals<PruneFlags>();
        const options = { destinations: destination, dryRun: dryRun === true, confirm };
        return {
          run: (context) => prune(options, context),
          render: (result, page) => renderPrune(result, page, { explain: explain === true }),
          exitCode: pruneExit,
        };
      }),
    );
}

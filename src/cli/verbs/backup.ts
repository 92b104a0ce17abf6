import type { Command } from 'commander';
import type { CommonFlags, Execute } from '../execute.ts';
import { examples, repeatable } from './declare.ts';

interface BackupFlags extends CommonFlags {
  readonly destination: readonly string[];
  readonly full?: boolean;
  readonly dryRun?: boolean;
  readonly tag: readonly string[];
}

export function declareBackup(program: Command, execute: Execute): void {
  program
    .command('backup')
    .description('take one snapshot and put it in every destination')
    .addOption(repeatable('--destination <name>', 'only this destination'))
    .option('--full', 'a full snapshot, whatever the policy says')
    .addOption(repeatable('--tag <name>', 'tag the snapshot, for keepTags of the retention policy'))
    .option('--dry-run', 'show what would be captured and what is left out; write nothing')
    .addHelpText('after', examples('clawback backup', 'clawback backup --dry-run'))
    .action((_: unknown, command: Command) => {
      const { destination, full, dryRun, tag, config } = command.optsWithGlobals<BackupFlags>();
      const options = { destinations: destination, full: full === true, tags: tag };
      return dryRun === true
        ? execute(command, async () => {
            const [{ rehearseBackup }, { renderDiet }] = await Promise.all([
              import('../../commands/backup.ts'),
              import('../render/diet.ts'),
            ]);
            return { run: (context) => rehearseBackup(options, context), render: renderDiet };
          })
        : execute(command, async () => {
            // It loads its program while the rest of ours is loaded.
            const { TarThread } = await import('../../core/capture/tar-thread.ts');
            const thread = new TarThread();
            const [{ backup }, { renderBackup, backupExit }] = await Promise.all([
              import('../../commands/backup.ts'),
              import('../render/backup.ts'),
            ]);
            return {
              handlesSnapshot: true,
              run: (context) => backup(options, context, thread),
              render: (result, page) => renderBackup(result, page, config),
              exitCode: backupExit,
              end: () => thread[Symbol.asyncDispose](),
            };
          });
    });
}

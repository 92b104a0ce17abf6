import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

export function declareStorage(program: Command, execute: Execute): void {
  const storage = program.command('storage').description('prove that a storage is fit for backups');
  storage.helpCommand(false).addHelpText('after', examples('clawback storage check /mnt/nas/claw'));
  storage
    .command('check')
    .description('store, list, read and delete under a prefix of its own, and say what does not work')
    .argument('<url>', 'a storage such as s3://bucket/prefix, or a directory')
    .addHelpText('after', examples('clawback storage check sftp://backup@nas.lan/srv/claw'))
    .action((location: string, _: unknown, command: Command) =>
      execute(command, async () => {
        const [{ storageCheck }, { renderStorageCheck, storageCheckExit }] = await Promise.all([
          import('../../commands/storage-check.ts'),
          import('../render/storage-check.ts'),
        ]);
        return {
          run: (context) => storageCheck({ location }, context),
          render: renderStorageCheck,
          exitCode: storageCheckExit,
          readsConfig: false,
        };
      }),
    );
}

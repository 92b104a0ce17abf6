import { Option, type Command } from 'commander';
import type { CommonFlags, Execute } from '../execute.ts';
import {
  examples,
  fromOption,
  identityOption,
  kitOption,
  repeatable,
  signerOptions,
  SNAPSHOT_HELP,
  type ReadFlags,
} from './declare.ts';

interface RestoreFlags extends CommonFlags, ReadFlags {
  readonly target?: string;
  readonly inPlace?: boolean;
  readonly ifEmpty?: true;
  readonly only: readonly string[];
  readonly token: 'keep' | 'adopt' | 'rotate';
  /** From `--no-drill`. */
  readonly drill: boolean;
}

export function declareRestore(program: Command, execute: Execute): void {
  const command = program
    .command('restore')
    .description('bring a snapshot back: into an empty directory, or in the place of the live state directory')
    .argument('[snapshot]', SNAPSHOT_HELP, 'latest')
    .option('--target <dir>', 'restore into this directory, which must be empty or missing')
    .addOption(
      new Option('--in-place', 'restore to where it was captured; what is there is moved aside').conflicts('target'),
    )
    .addOption(
      new Option(
        '--if-empty',
        'the latest snapshot, before a Gateway starts; done if the state directory holds anything, or there is no snapshot',
      ).conflicts(['target', 'inPlace', 'from', 'kit']),
    )
    .addOption(repeatable('--only <path>', 'only this path of the snapshot, and what is below it'))
    .addOption(fromOption())
    .addOption(identityOption())
    .addOption(kitOption());
  signerOptions(command)
    .addOption(
      new Option('--token <policy>', "the Gateway's token: the snapshot's, this host's, or a new one")
        .choices(['keep', 'adopt', 'rotate'])
        .default('keep'),
    )
    .option('--no-drill', 'do not boot OpenClaw on the result afterwards')
    .addHelpText(
      'after',
      examples(
        'clawback restore latest --in-place',
        'clawback restore --kit kit.txt --in-place',
        'clawback restore --if-empty',
        'clawback restore --from file:///mnt/nas/claw --identity kit.txt --target ./restored',
      ),
    )
    .action((snapshot: string, flags: RestoreFlags, self: Command) =>
      flags.ifEmpty === true
        ? whereEmpty(self, execute)
        : execute(self, async () => {
            const [{ restore }, { renderRestore, restoreExit }] = await Promise.all([
              import('../../commands/restore.ts'),
              import('../render/restore.ts'),
            ]);
            const options = { ...flags, snapshot, inPlace: flags.inPlace === true };
            return {
              handlesSnapshot: true,
              run: (context) => restore(options, context),
              render: renderRestore,
              exitCode: restoreExit,
            };
          }),
    );
}

function whereEmpty(self: Command, execute: Execute): Promise<void> {
  return execute(self, async () => {
    const { restoreWhereEmpty } = await import('../../commands/restore-where-empty.ts');
    return {
      handlesSnapshot: true,
      run: restoreWhereEmpty,
      render: ({ restored, stateDir }) =>
        restored === null ? `nothing to restore to ${stateDir}\n` : `restored ${restored} to ${stateDir}\n`,
    };
  });
}

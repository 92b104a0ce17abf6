import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples, fromOption, identityOption, signerOptions, SNAPSHOT_HELP, type ReadFlags } from './declare.ts';

export function declareVerify(program: Command, execute: Execute): void {
  const command = program
    .command('verify')
    .description('prove that snapshots are whole: every stored byte, and with an identity every hash')
    .argument('[snapshot]', SNAPSHOT_HELP, 'latest')
    .option('--all', 'every snapshot')
    .addOption(fromOption())
    .addOption(identityOption());
  signerOptions(command)
    .addHelpText('after', examples('clawback verify', 'clawback verify --all'))
    .action((snapshot: string, flags: ReadFlags & { readonly all?: true }, self: Command) =>
      execute(self, async () => {
        const [{ verify }, { renderVerify, verifyExit }] = await Promise.all([
          import('../../commands/verify.ts'),
          import('../render/verify.ts'),
        ]);
        const options = { ...flags, snapshot, all: flags.all === true };
        return {
          handlesSnapshot: true,
          run: (context) => verify(options, context),
          render: renderVerify,
          exitCode: verifyExit,
        };
      }),
    );
}

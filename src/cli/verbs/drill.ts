import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples, fromOption, identityOption, signerOptions, SNAPSHOT_HELP, type ReadFlags } from './declare.ts';

export function declareDrill(program: Command, execute: Execute): void {
  const command = program
    .command('drill')
    .description('restore into scratch, boot the real OpenClaw on it muted, question it, report, erase')
    .argument('[snapshot]', SNAPSHOT_HELP, 'latest')
    .addOption(fromOption())
    .addOption(identityOption());
  signerOptions(command)
    .option(
      '--openclaw <command|version>',
      'the OpenClaw to boot: a command, or a version to install (default: the one on PATH)',
    )
    .addHelpText('after', examples('clawback drill', 'clawback drill latest --openclaw 2026.9.6'))
    .action((snapshot: string, flags: ReadFlags & { readonly openclaw?: string }, self: Command) =>
      execute(self, async () => {
        const [{ drill }, { renderDrill, drillExit }] = await Promise.all([
          import('../../commands/drill.ts'),
          import('../render/drill.ts'),
        ]);
        return { run: (context) => drill({ ...flags, snapshot }, context), render: renderDrill, exitCode: drillExit };
      }),
    );
}

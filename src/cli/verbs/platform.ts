import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

export function declarePlatform(program: Command, execute: Execute): void {
  program
    .command('platform')
    .description('where state, token and probes belong on a platform, and what people trip over there')
    .argument('[name]', 'a platform (default: the one that shows)')
    .option('--write <dir>', 'write files to deploy with into this directory; nothing there is overwritten')
    .addHelpText(
      'after',
      examples('clawback platform', 'clawback platform aws-fargate', 'clawback platform kubernetes --write ./deploy'),
    )
    .action((name: string | undefined, flags: { readonly write?: string }, self: Command) =>
      execute(self, async () => {
        const [{ platform }, { renderPlatform, renderWritten }] = await Promise.all([
          import('../../commands/platform.ts'),
          import('../render/platform.ts'),
        ]);
        return {
          run: (context) => platform({ name, ...flags }, context),
          render: flags.write === undefined ? renderPlatform : renderWritten,
        };
      }),
    );
}

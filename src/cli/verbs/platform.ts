import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

export function declarePlatform(program: Command, execute: Execute): void {
  program
    .command('platform')
    .description('where state, token and probes belong on a platform, and what people trip over there')
    .argument('[name]', 'a platform (default: the one that shows)')
    .addHelpText('after', examples('clawback platform', 'clawback platform kubernetes'))
    .action((name: string | undefined, _: unknown, self: Command) =>
      execute(self, async () => {
        const [{ platform }, { renderPlatform }] = await Promise.all([
          import('../../commands/platform.ts'),
          import('../render/platform.ts'),
        ]);
        return { run: (context) => platform({ name }, context), render: renderPlatform };
      }),
    );
}

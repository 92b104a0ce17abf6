import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples, fromOption, identityOption, signerOptions, SNAPSHOT_HELP, type ReadFlags } from './declare.ts';

/** The four commands that look inside a snapshot and fetch only the bytes they need. */
export function declareInside(program: Command, execute: Execute): void {
  declareShow(program, execute);
  declareLs(program, execute);
  declareCat(program, execute);
  declareDiff(program, execute);
}

function reading(command: Command): Command {
  return signerOptions(command.addOption(fromOption()).addOption(identityOption()));
}

function declareShow(program: Command, execute: Execute): void {
  reading(program.command('show').description('show what a snapshot was taken from and what it holds'))
    .argument('[snapshot]', SNAPSHOT_HELP, 'latest')
    .addHelpText('after', examples('clawback show latest'))
    .action((snapshot: string, flags: ReadFlags, command: Command) =>
      execute(command, async () => {
        const [{ show }, { renderShow }] = await Promise.all([
          import('../../commands/show.ts'),
          import('../render/show.ts'),
        ]);
        return { run: (context) => show({ ...flags, snapshot }, context), render: renderShow };
      }),
    );
}

function declareLs(program: Command, execute: Execute): void {
  reading(program.command('ls').description('list a directory in a snapshot, or everything below it'))
    .argument('<snapshot>', SNAPSHOT_HELP)
    .argument('[path]', 'a path in the snapshot, such as state/agents')
    .option('--recursive', 'everything below the path too')
    .addHelpText('after', examples('clawback ls latest state/agents'))
    .action((snapshot: string, path: string | undefined, flags: ReadFlags & { recursive?: true }, command: Command) =>
      execute(command, async () => {
        const [{ ls }, { renderLs }] = await Promise.all([import('../../commands/ls.ts'), import('../render/ls.ts')]);
        return { run: (context) => ls({ ...flags, snapshot, path }, context), render: renderLs };
      }),
    );
}

function declareCat(program: Command, execute: Execute): void {
  reading(program.command('cat').description('write one file of a snapshot to standard output'))
    .argument('<snapshot>', SNAPSHOT_HELP)
    .argument('<path>', 'a path in the snapshot, such as state/openclaw.json')
    .addHelpText('after', examples('clawback cat latest state/openclaw.json'))
    .action((snapshot: string, path: string, flags: ReadFlags, command: Command) =>
      execute(command, async () => {
        const [{ cat }, { catJson }] = await Promise.all([import('../../commands/cat.ts'), import('../render/cat.ts')]);
        const options = { ...flags, snapshot, path };
        return { run: (context) => cat(options, context), render: ({ content }) => content, json: catJson };
      }),
    );
}

function declareDiff(program: Command, execute: Execute): void {
  reading(program.command('diff').description('say what was added, removed and changed between two snapshots'))
    .argument('<a>', SNAPSHOT_HELP)
    .argument('<b>', SNAPSHOT_HELP)
    .addHelpText('after', examples('clawback diff 20261122T203437Z latest'))
    .action((a: string, b: string, flags: ReadFlags, command: Command) =>
      execute(command, async () => {
        const [{ diff }, { renderDiff }] = await Promise.all([
          import('../../commands/diff.ts'),
          import('../render/diff.ts'),
        ]);
        return { run: (context) => diff({ ...flags, a, b }, context), render: renderDiff };
      }),
    );
}

import { Option, type Command } from 'commander';
import type { InitOptions } from '../../commands/init.ts';
import type { CommonFlags, Execute } from '../execute.ts';
import type { Surroundings } from '../surroundings.ts';
import { examples, repeatable } from './declare.ts';

interface InitFlags extends CommonFlags {
  readonly destination: readonly string[];
  readonly recipient: readonly string[];
  readonly instance?: string;
  readonly stateDir?: string;
  readonly postQuantum?: boolean;
  readonly yes?: boolean;
}

export function declareInit(program: Command, execute: Execute): void {
  program
    .command('init')
    .description('set up an instance: write the config, its keys and the recovery kit')
    .addOption(repeatable('--destination <url>', 'where snapshots go: a URL, a path, or NAME=URL'))
    .addOption(repeatable('--recipient <age1…>', 'seal to this key instead of making identities'))
    .option('--instance <name>', 'name of this installation (default: made from the host name)')
    .addOption(new Option('--state-dir <dir>', 'state directory (default: as OpenClaw resolves it)'))
    .option('--post-quantum', 'make post-quantum identities, which need age 1.3 to open without Clawback')
    .option('--yes', 'ask no questions')
    .addHelpText('after', examples('clawback init', 'clawback init --destination nas=file:///mnt/nas/claw --yes'))
    .action((_: unknown, command: Command) =>
      execute(command, async (surroundings) => {
        const [{ init }, { renderInit }] = await Promise.all([
          import('../../commands/init.ts'),
          import('../render/init.ts'),
        ]);
        const flags = command.optsWithGlobals<InitFlags>();
        return {
          readsConfig: false,
          run: async (context) => {
            const options = optionsOf(flags);
            if (!mayAsk(flags, surroundings)) return init(options, context);
            const { askForInit } = await import('../init-questions.ts');
            return init(await askForInit(options, context, surroundings), context);
          },
          render: renderInit,
        };
      }),
    );
}

function optionsOf(flags: InitFlags): InitOptions {
  return {
    destinations: flags.destination,
    recipients: flags.recipient,
    instance: flags.instance,
    stateDir: flags.stateDir,
    postQuantum: flags.postQuantum === true,
  };
}

function mayAsk(flags: InitFlags, { stdin, stdout }: Surroundings): boolean {
  return flags.yes !== true && flags.json !== true && stdin.isTTY === true && stdout.isTTY === true;
}

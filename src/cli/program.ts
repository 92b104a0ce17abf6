import { Command, Option } from 'commander';
import { VERSION } from '../core/version.ts';
import { type Execute, executor } from './execute.ts';
import type { Surroundings } from './surroundings.ts';
import { declareBackup } from './verbs/backup.ts';
import { declareDoctor } from './verbs/doctor.ts';
import { declareDrill } from './verbs/drill.ts';
import { declareInit } from './verbs/init.ts';
import { declareInside } from './verbs/inside.ts';
import { declareKey } from './verbs/key.ts';
import { declareList } from './verbs/list.ts';
import { declareNotify } from './verbs/notify.ts';
import { declarePlatform } from './verbs/platform.ts';
import { declarePrune } from './verbs/prune.ts';
import { declareRestore } from './verbs/restore.ts';
import { declareRun } from './verbs/run.ts';
import { declareSchedule } from './verbs/schedule.ts';
import { declareStatus } from './verbs/status.ts';
import { declareStorage } from './verbs/storage.ts';
import { declareVerify } from './verbs/verify.ts';

/** In the order in which a person meets them, which is the order of the help; what is declared together stands under its first name. */
const VERBS: Readonly<Record<string, (program: Command, execute: Execute) => void>> = {
  init: declareInit,
  backup: declareBackup,
  list: declareList,
  show: declareInside,
  verify: declareVerify,
  restore: declareRestore,
  drill: declareDrill,
  doctor: declareDoctor,
  platform: declarePlatform,
  schedule: declareSchedule,
  prune: declarePrune,
  status: declareStatus,
  run: declareRun,
  key: declareKey,
  storage: declareStorage,
  notify: declareNotify,
};

/**
 * Parses the command line and runs what it says.
 *
 * @returns the exit code
 * @throws ClawbackError what the command throws; CommanderError after help, and for wrong usage
 */
export async function parseCommandLine(surroundings: Surroundings, signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const execute = executor(surroundings, signal, (code) => {
    exitCode = code;
  });
  const program = emptyProgram(surroundings);
  for (const declare of declarationsFor(surroundings.argv)) declare(program, execute);
  await program.parseAsync(surroundings.argv, { from: 'user' });
  return exitCode;
}

/** Of a command line that begins with a verb that one alone: the others would only take time. */
function declarationsFor([first = '']: readonly string[]): readonly (typeof VERBS)[string][] {
  const named = Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  return named === undefined ? Object.values(VERBS) : [named];
}

function emptyProgram({ stdout, stderr }: Surroundings): Command {
  return new Command('clawback')
    .description('Back up an OpenClaw installation, bring it back, and prove that it comes back.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand(false)
    .option('--config <file>', 'config file (default: $CLAWBACK_CONFIG or ~/.config/clawback/config.json5)')
    .option('--json', 'print one JSON document instead of text')
    .option('--quiet', 'no progress and no warnings on stderr')
    .addOption(new Option('--progress <form>', 'progress on stderr as lines of JSON').choices(['json']))
    .addHelpText('after', '\nclawback COMMAND --help explains a command. Start with: clawback init')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => Math.min(stdout.columns ?? 80, 100),
      getErrHelpWidth: () => Math.min(stderr.columns ?? 80, 100),
      // Said by `main`, in the form of every other error.
      outputError: () => undefined,
    })
    .exitOverride();
}

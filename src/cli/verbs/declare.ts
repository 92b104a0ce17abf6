import { Option, type Command } from 'commander';
import type { Execute } from '../execute.ts';

/** Adds one command, or a few that belong together, to the program. */
export type Declare = (program: Command, execute: Execute) => void;

/** An option that may be given again and again. */
export function repeatable(flags: string, description: string): Option {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return new Option(flags, `${description} (may be repeated)`).default([], 'none').argParser(collect);
}

/** The end of a command's help: command lines that work as they stand. */
export function examples(...lines: readonly string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Where to read snapshots from without a config. */
export function fromOption(): Option {
  return new Option('--from <url>', 'read from this location instead of the destinations of the config');
}

export function identityOption(): Option {
  return new Option('--identity <file>', 'identity file, or - for standard input').env('CLAWBACK_IDENTITY');
}

/** Everything that it takes to read snapshots, on a host that has nothing else. */
export function kitOption(): Option {
  return new Option(
    '--kit <file>',
    'recovery kit, text or HTML, or - for standard input: read with what it says, and with nothing of the config',
  ).conflicts('from');
}

/** Whose signature is trusted, for every command that opens a snapshot. */
export function signerOptions(command: Command): Command {
  return command
    .option('--signer <key>', 'trust this signer (ed25519:…) besides those of the config and the identity file')
    .option('--allow-unsigned', 'open a snapshot although nobody trusted has signed it');
}

/** Flags of every command that opens a snapshot. */
export interface ReadFlags {
  readonly from?: string;
  readonly identity?: string;
  readonly kit?: string;
  readonly signer?: string;
  readonly allowUnsigned?: true;
}

export const SNAPSHOT_HELP = 'latest, an id, or the beginning of one';

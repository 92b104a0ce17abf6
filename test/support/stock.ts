import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a stock command with these bytes as its input; its output. Fails if the command does. */
export async function stock(
  command: string,
  words: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => output.push(piece));
  child.stderr.on('data', (piece: Buffer) => errors.push(piece));
  // A command that has seen enough closes its input early; its exit status tells whether that was right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} failed: ${Buffer.concat(errors).toString()}`);
  return Buffer.concat(output);
}

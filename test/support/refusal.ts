import { expect } from 'vitest';
import { type CliOptions, type CliResult, spawnCli } from './cli.ts';
import type { Protected } from './protected.ts';

export interface Refusal {
  readonly exit: number;
  readonly code: string;
  /** What its first line must say. */
  readonly says: RegExp;
}

/** Runs command lines of an installation as processes of their own, and keeps all that they print. */
export class Runs {
  readonly printed: string[] = [];
  readonly #installation: Protected;

  constructor(installation: Protected) {
    this.#installation = installation;
  }

  async run(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const { env, home } = this.#installation;
    const result = await spawnCli(argv, { env, cwd: home, ...options });
    this.printed.push(result.stdout, result.stderr);
    return result;
  }

  /** Runs it for a person and for a program: both must be refused, in the form that each of them reads. */
  async expectRefused(argv: readonly string[], refusal: Refusal, options: CliOptions = {}): Promise<void> {
    const { exit, code, says } = refusal;
    const person = await this.run(argv, options);
    expect(person).toMatchObject({ code: exit, stdout: '' });
    expect(person.stderr).toMatch(/^clawback: error: .+\nclawback: hint: .+\n$/m);
    expect(person.stderr).toMatch(says);
    const program = await this.run([...argv, '--json'], options);
    expect(program.code).toBe(exit);
    const { error } = JSON.parse(program.stdout) as { error: unknown };
    const message = expect.stringMatching(says) as string;
    expect(error).toEqual({ code, message, hint: expect.any(String) as string });
  }
}

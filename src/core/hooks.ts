import { mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClawbackError } from '../ports/errors.ts';
import type { Shell } from '../ports/shell.ts';

/** What a config has to be run around something. */
export interface HookPlan {
  readonly around: 'backup' | 'restore';
  readonly instance: string;
  /** Lines of shell. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Milliseconds that each may take. */
  readonly timeout: number;
  /** Clawback's own state directory. */
  readonly workDir: string;
}

export interface HookPorts {
  readonly shell: Shell;
  readonly warn: (message: string) => void;
}

/** What the hooks that come after something are told of it. */
export interface HookResult {
  readonly status: 'ok' | 'part' | 'failed';
  /** Id of the snapshot. */
  readonly snapshot?: string | undefined;
}

/**
 * Runs the hooks that come before something. What is returned runs those that come after it, whatever happens in between: what the
 * first have stopped, the others start again. A run that was killed owes them, and the next one pays before anything else.
 *
 * To be used under the lock of the instance.
 *
 * @throws ClawbackError `FAILED` if one of them fails; those that come after have run then, and nothing else shall.
 */
export async function hooked(plan: HookPlan, ports: HookPorts, signal: AbortSignal): Promise<Hooked> {
  const hooks = new Hooked(plan, ports);
  await hooks.payDebt();
  await hooks.before(signal);
  return hooks;
}

/** Disposing runs the hooks that come after, if nobody has. */
export class Hooked implements AsyncDisposable {
  readonly #plan: HookPlan;
  readonly #ports: HookPorts;
  #isOwed = false;

  constructor(plan: HookPlan, ports: HookPorts) {
    this.#plan = plan;
    this.#ports = ports;
  }

  async payDebt(): Promise<void> {
    if (!existsSync(this.#debt)) return;
    this.#ports.warn(`an earlier ${this.#plan.around} was killed: running the hooks that come after it`);
    this.#isOwed = true;
    await this.#runAfter({ CLAWBACK_STATUS: 'interrupted' });
  }

  async before(signal: AbortSignal): Promise<void> {
    const { around, before, after } = this.#plan;
    if (after.length > 0) await this.#owe();
    for (const [index, command] of before.entries()) {
      const problem = await this.#run({ command, index, of: before }, 'before', { env: {}, signal });
      if (problem === null) continue;
      await this.#runAfter({ CLAWBACK_STATUS: 'failed' });
      signal.throwIfAborted();
      throw new ClawbackError('FAILED', `${problem}, so that nothing was done`, {
        hint: `what it printed stands above; mend it, or take it out of hooks.${nameOf('before', around)}`,
      });
    }
  }

  /**
   * Runs the hooks that come after.
   *
   * @returns what is wrong with them: something may be left stopped
   */
  async after({ status, snapshot }: HookResult): Promise<readonly string[]> {
    return this.#runAfter({
      CLAWBACK_STATUS: status,
      ...(snapshot === undefined ? {} : { CLAWBACK_SNAPSHOT: snapshot }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runAfter({ CLAWBACK_STATUS: 'failed' });
  }

  async #runAfter(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
    if (!this.#isOwed) return [];
    this.#isOwed = false;
    const { after } = this.#plan;
    const problems: string[] = [];
    // Not even Ctrl-C stops them.
    const { signal } = new AbortController();
    for (const [index, command] of after.entries()) {
      const problem = await this.#run({ command, index, of: after }, 'after', { env, signal });
      if (problem === null) continue;
      problems.push(`${problem}: something may be left stopped`);
      this.#ports.warn(`${problem}: something may be left stopped`);
    }
    await rm(this.#debt, { force: true });
    return problems;
  }

  /** Null if it went well. The command itself is not named: it may hold what the environment put into it. */
  async #run(
    { command, index, of }: { readonly command: string; readonly index: number; readonly of: readonly string[] },
    when: 'before' | 'after',
    { env, signal }: { readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
  ): Promise<string | null> {
    const { around, instance, timeout } = this.#plan;
    const hook = nameOf(when, around);
    const end = await this.#ports.shell.run(command, {
      env: { CLAWBACK_HOOK: hook, CLAWBACK_INSTANCE: instance, ...env },
      timeout,
      signal,
    });
    const which = of.length === 1 ? `the hook ${hook}` : `the hook ${hook} (${index + 1} of ${of.length})`;
    switch (end.kind) {
      case 'exited':
        return end.code === 0 ? null : `${which} exited with ${end.code}`;
      case 'timed out':
        return `${which} took longer than ${timeout / 1000} s`;
      case 'interrupted':
        return `${which} was interrupted`;
    }
  }

  async #owe(): Promise<void> {
    this.#isOwed = true;
    await mkdir(dirname(this.#debt), { recursive: true, mode: 0o700 });
    await writeFile(this.#debt, '', { mode: 0o600, flush: true });
  }

  /** Is there from before the first hook until after the last. */
  get #debt(): string {
    const { workDir, instance, around } = this.#plan;
    return join(workDir, 'hooks', `${instance}@${around}`);
  }
}

function nameOf(when: 'before' | 'after', around: HookPlan['around']): string {
  return `${when}${around === 'backup' ? 'Backup' : 'Restore'}`;
}

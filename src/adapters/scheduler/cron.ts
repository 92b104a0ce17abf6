import { ClawbackError } from '../../ports/errors.ts';
import type { Scheduler, UnitFile } from '../../ports/scheduler.ts';
import { runTool } from './tool.ts';

export interface CronOptions {
  readonly user: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** First and last line of what is ours. */
  readonly marks: readonly [begin: string, end: string];
}

/** The crontab of the user, in which some lines between two marks are ours. */
export function cronScheduler({ user, env, marks: [begin, end] }: CronOptions): Scheduler {
  const block = new RegExp(`^${escape(begin)}\n[^]*?^${escape(end)}\n?`, 'm');
  const read = async (): Promise<string> => {
    const { code, stdout, stderr } = await runTool(['crontab', '-l'], env);
    if (code === 0) return stdout;
    if (stderr.includes('no crontab for')) return '';
    throw refused(stderr);
  };
  const write = async (text: string): Promise<void> => {
    // An empty crontab would be a trace of us.
    const words = text.trim() === '' ? ['crontab', '-r'] : ['crontab', '-'];
    const { code, stderr } = await runTool(words, env, text);
    if (code !== 0) throw refused(stderr);
  };
  const ours = (text: string): readonly UnitFile[] => {
    const found = block.exec(text)?.[0];
    return found === undefined ? [] : [{ name: 'crontab', text: found.endsWith('\n') ? found : `${found}\n` }];
  };

  return {
    place: `the crontab of ${user}`,
    installed: async () => ours(await read()),
    async install(files) {
      const before = await read();
      const wanted = files.map(({ text }) => text).join('');
      const [present] = ours(before);
      if ((present?.text ?? '') === wanted) return { changed: [], todo: [] };
      const others = before === '' || before.endsWith('\n') ? before : `${before}\n`;
      await write(present === undefined ? others + wanted : others.replace(block, () => wanted));
      return { changed: ['crontab'], todo: [] };
    },
  };
}

function refused(stderr: string): ClawbackError {
  return new ClawbackError('DENIED', `crontab refuses: ${stderr}`, {
    hint: 'see /etc/cron.allow and /etc/cron.deny, or choose another --format',
  });
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

import type { BackupResult } from '../../commands/backup.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE, EXIT_PART } from '../exit.ts';
import type { Page } from '../page.ts';
import { quoteShell } from '../../core/shell.ts';
import { facts } from '../table.ts';
import { formatBytes, formatCount, formatSeconds } from '../units.ts';

/** What was stored where, and the exact commands that bring it back. `config` is what `--config` said. */
export function renderBackup(result: BackupResult, page: Page, config?: string): string {
  const { snapshot, destinations, warnings, seconds } = result;
  const summary = facts([
    ['snapshot', `${page.styled('bold', snapshot.id)} (${snapshot.kind})`],
    ['instance', snapshot.instance],
    ['size', `${formatBytes(snapshot.bytes)} sealed, ${formatCount(snapshot.files, 'file')}`],
    ['took', formatSeconds(seconds)],
    ...destinations.map(({ name, location, ok, error }) =>
      ok
        ? ([`stored in ${name}`, location] as const)
        : ([page.styled('red', `failed in ${name}`), `${location}: ${error ?? 'unknown'}`] as const),
    ),
  ]);
  const noted = warnings.map((warning) => {
    const mark = warning.severity === 'alarm' ? page.styled('red', 'ALARM:') : page.styled('yellow', 'note:');
    return `${mark} ${'path' in warning ? `${warning.path}: ` : ''}${warning.message}\n`;
  });
  return summary + noted.join('') + restoreCommands(result, page, config);
}

export function backupExit({ destinations, warnings, hookProblems = [] }: BackupResult): number {
  if (destinations.some(({ ok }) => !ok) || hookProblems.length > 0) return EXIT_PART;
  return warnings.some(({ severity }) => severity === 'damage') ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

function restoreCommands({ snapshot, destinations }: BackupResult, page: Page, config: string | undefined): string {
  const stored = destinations.find(({ ok }) => ok);
  if (stored === undefined) return '';
  const here = config === undefined ? '' : ` --config ${quoteShell(config)}`;
  return [
    `\n${page.styled('bold', 'To restore it here, or on a fresh machine with the recovery kit:')}`,
    `  clawback restore ${snapshot.id} --in-place${here}`,
    `  clawback restore ${snapshot.id} --in-place \\`,
    `    --from ${quoteShell(stored.location)} --identity recovery-kit.txt`,
    '',
  ].join('\n');
}

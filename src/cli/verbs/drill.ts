import { Option, type Command } from 'commander';
import type { Context } from '../../commands/context.ts';
import type { DrillResult } from '../../commands/drill.ts';
import { expandPath } from '../../core/openclaw/paths.ts';
import { ClawbackError } from '../../ports/errors.ts';
import type { Execute } from '../execute.ts';
import {
  examples,
  fromOption,
  identityOption,
  kitOption,
  signerOptions,
  SNAPSHOT_HELP,
  type ReadFlags,
} from './declare.ts';

interface DrillFlags extends ReadFlags {
  readonly openclaw?: string;
  readonly last?: true;
  readonly report?: string;
  readonly against?: string;
  readonly origin?: string;
}

export function declareDrill(program: Command, execute: Execute): void {
  const command = program
    .command('drill')
    .description('restore into scratch, boot the real OpenClaw on it muted, question it, report, erase')
    .argument('[snapshot]', SNAPSHOT_HELP, 'latest')
    .addOption(fromOption())
    .addOption(identityOption())
    .addOption(kitOption());
  signerOptions(command)
    .option(
      '--openclaw <command|version>',
      'the OpenClaw to boot: a command, or a version to install (default: the one on PATH)',
    )
    .option(
      '--against <dir>',
      'a later state directory of the same installation to compare devices with (default: the live one, if it is here)',
    )
    .option('--origin <url>', 'where people will open the Control UI after a restore, if it is another address')
    .addOption(
      new Option(
        '--last',
        'make none, but show the last one that is remembered here or beside the snapshots',
      ).conflicts('openclaw'),
    )
    .option('--report <file>', 'also write the report as one HTML page, in the place of one that is there')
    .addHelpText(
      'after',
      examples(
        'clawback drill',
        'clawback drill latest --openclaw 2026.9.6',
        'clawback drill --against ~/.openclaw.broken',
        'clawback drill --report drill.html',
        'clawback drill --kit kit.html',
      ),
    )
    .action((snapshot: string, flags: DrillFlags, self: Command) =>
      execute(self, async () => {
        const [{ drill }, { lastDrill }, { renderDrill, drillExit }] = await Promise.all([
          import('../../commands/drill.ts'),
          import('../../commands/last-drill.ts'),
          import('../render/drill.ts'),
        ]);
        return {
          handlesSnapshot: true,
          run: (context) =>
            withPage(flags.report, context, () => {
              if (flags.last !== true) return drill({ ...flags, snapshot }, context);
              if (snapshot !== 'latest')
                throw new ClawbackError('USAGE', '--last is the last drill, of whatever snapshot');
              return lastDrill(flags, context);
            }),
          render: renderDrill,
          exitCode: drillExit,
        };
      }),
    );
}

/** Runs the drill, and writes its page if one is asked for; that it can be written is known before. */
async function withPage(
  report: string | undefined,
  { host, paths }: Context,
  run: () => Promise<DrillResult>,
): Promise<DrillResult> {
  if (report === undefined) return run();
  const [{ pageFile }, { drillPage }] = await Promise.all([
    import('../page-file.ts'),
    import('../render/drill-page.ts'),
  ]);
  await using page = await pageFile(expandPath(report, host.home, paths.workingDirectory));
  const result = await run();
  await page.write(drillPage(result));
  return result;
}

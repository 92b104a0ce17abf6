import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

interface DoctorFlags {
  readonly platform?: string;
  readonly stateDir?: string;
  readonly log?: string;
  readonly online?: true;
  readonly fix?: true;
}

export function declareDoctor(program: Command, execute: Execute): void {
  program
    .command('doctor')
    .description('say what is wrong with a deployment of OpenClaw, what to mend first, and how; changes nothing')
    .option('--state-dir <dir>', 'examine this state directory: a stopped volume, a restored copy')
    .option('--platform <name>', 'advise for this platform instead of the one that shows')
    .option('--log <file>', 'read this log of the Gateway')
    .option('--online', 'ask the metadata services of clouds which one this is')
    .option('--fix', 'print nothing but what mends it, to be read before it is run')
    .addHelpText(
      'after',
      examples(
        'clawback doctor',
        'clawback doctor --state-dir /mnt/volume/.openclaw',
        'clawback doctor --platform kubernetes --log pod.log',
      ),
    )
    .action((flags: DoctorFlags, self: Command) =>
      execute(self, async () => {
        const [{ doctor }, { renderDoctor, renderFixes, doctorExit }] = await Promise.all([
          import('../../commands/doctor.ts'),
          import('../render/doctor.ts'),
        ]);
        return {
          run: (context) => doctor({ ...flags, online: flags.online === true }, context),
          render: flags.fix === true ? renderFixes : renderDoctor,
          exitCode: doctorExit,
        };
      }),
    );
}

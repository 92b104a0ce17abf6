import type { Command } from 'commander';
import type { Execute } from '../execute.ts';
import { examples } from './declare.ts';

export function declareNotify(program: Command, execute: Execute): void {
  const notify = program.command('notify').description('try the notifiers of the config');
  notify.helpCommand(false).addHelpText('after', examples('clawback notify test'));
  notify
    .command('test')
    .description('send a test message to every notifier, and say which of them took it')
    .argument('[name]', 'only this notifier')
    .addHelpText('after', examples('clawback notify test', 'clawback notify test chat'))
    .action((name: string | undefined, _: unknown, command: Command) =>
      execute(command, async () => {
        const [{ notifyTest }, { renderNotifyTest, notifyTestExit }] = await Promise.all([
          import('../../commands/notify-test.ts'),
          import('../render/notify-test.ts'),
        ]);
        return { run: (context) => notifyTest({ name }, context), render: renderNotifyTest, exitCode: notifyTestExit };
      }),
    );
}

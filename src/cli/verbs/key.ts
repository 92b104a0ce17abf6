import type { Command } from 'commander';
import type { CommonFlags, Execute } from '../execute.ts';
import { examples, identityOption } from './declare.ts';

export function declareKey(program: Command, execute: Execute): void {
  const key = program.command('key').description('identities, the recovery kit, and who may open the snapshots');
  key.helpCommand(false).addHelpText('after', examples('clawback key generate', 'clawback key add age1…'));
  declareGenerate(key, execute);
  declareKit(key, execute);
  declareAdd(key, execute);
  declareRemove(key, execute);
  declareCanary(key, execute);
}

interface GenerateFlags extends CommonFlags {
  readonly output?: string;
  readonly postQuantum?: boolean;
  readonly signing?: boolean;
}

function declareGenerate(key: Command, execute: Execute): void {
  key
    .command('generate')
    .description('make a new identity, or a signing key; the config stays as it is')
    .option('--output <file>', 'write it to a new file (default: print it)')
    .option('--post-quantum', 'a post-quantum identity, which needs age 1.3 to open without Clawback')
    .option('--signing', 'a signing key instead of an identity')
    .addHelpText('after', examples('clawback key generate --output laptop.txt'))
    .action((flags: GenerateFlags, command: Command) =>
      execute(command, async () => {
        const [{ keyGenerate }, { renderKeyGenerate }] = await Promise.all([
          import('../../commands/key-generate.ts'),
          import('../render/key.ts'),
        ]);
        const kind = flags.signing === true ? 'signing' : flags.postQuantum === true ? 'hybrid' : 'x25519';
        return { run: (context) => keyGenerate({ kind, output: flags.output }, context), render: renderKeyGenerate };
      }),
    );
}

function declareKit(key: Command, execute: Execute): void {
  key
    .command('kit')
    .description('write the recovery kit again, for an identity that is at hand')
    .addOption(identityOption())
    .option(
      '--output <file>',
      'write it to a new file; as a page to print if it ends in .html (default: print it as text)',
    )
    .addHelpText('after', examples('clawback key kit --output kit.txt', 'clawback key kit --output kit.html'))
    .action((flags: { readonly identity?: string; readonly output?: string }, command: Command) =>
      execute(command, async () => {
        const [{ keyKit }, { renderKeyKit }] = await Promise.all([
          import('../../commands/key-kit.ts'),
          import('../render/key.ts'),
        ]);
        return { run: (context) => keyKit(flags, context), render: renderKeyKit };
      }),
    );
}

function declareAdd(key: Command, execute: Execute): void {
  key
    .command('add')
    .description('let one more key open the snapshots taken from now on')
    .argument('<recipient>', 'a public key: age1…')
    .addHelpText('after', examples('clawback key add age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'))
    .action((recipient: string, _: unknown, command: Command) =>
      execute(command, async () => {
        const [{ keyAdd }, { renderKeyAdd }] = await Promise.all([
          import('../../commands/key-recipients.ts'),
          import('../render/key.ts'),
        ]);
        return { run: (context) => keyAdd({ recipient }, context), render: renderKeyAdd };
      }),
    );
}

function declareRemove(key: Command, execute: Execute): void {
  key
    .command('remove')
    .description('seal the snapshots taken from now on to one key less')
    .argument('<recipient>', 'a public key: age1…')
    .addHelpText(
      'after',
      examples('clawback key remove age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'),
    )
    .action((recipient: string, _: unknown, command: Command) =>
      execute(command, async () => {
        const [{ keyRemove }, { renderKeyRemove }] = await Promise.all([
          import('../../commands/key-recipients.ts'),
          import('../render/key.ts'),
        ]);
        return { run: (context) => keyRemove({ recipient }, context), render: renderKeyRemove };
      }),
    );
}

interface CanaryFlags extends CommonFlags {
  readonly url?: string;
  readonly wait: boolean;
}

function declareCanary(key: Command, execute: Execute): void {
  key
    .command('canary')
    .description("pair Clawback's own device with the live Gateway, for drills to connect as")
    .option('--url <url>', 'WebSocket URL of the Gateway (default: the one on this host)')
    .option('--no-wait', 'say what to approve and end, instead of waiting for it')
    .addHelpText('after', examples('clawback key canary', 'clawback key canary --url wss://claw.example'))
    .action((flags: CanaryFlags, command: Command) =>
      execute(command, async () => {
        const [{ keyCanary }, { renderKeyCanary, keyCanaryExit }] = await Promise.all([
          import('../../commands/key-canary.ts'),
          import('../render/key.ts'),
        ]);
        return { run: (context) => keyCanary(flags, context), render: renderKeyCanary, exitCode: keyCanaryExit };
      }),
    );
}

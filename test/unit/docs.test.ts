import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit.ts';
import { configSchema } from '../../src/core/config/schema.ts';
import { runCli } from '../support/cli.ts';

/** Every command of the command line; a missing one fails below. */
const COMMANDS = await commandsBelow([]);

async function commandsBelow(parents: readonly string[]): Promise<readonly string[]> {
  const names = listed((await help(parents)).stdout);
  const deeper = await Promise.all(names.map((name) => commandsBelow([...parents, name])));
  return [...names.map((name) => [...parents, name].join(' ')), ...deeper.flat()];
}

function help(command: readonly string[]) {
  return runCli([...command, '--help'], { env: { HOME: '/nonexistent' } });
}

/** First words of the lines below `Commands:`. */
function listed(text: string): readonly string[] {
  const [, below = ''] = text.split('\nCommands:\n');
  return (
    below
      .split('\n\n')[0]
      ?.match(/^ {2}\S+/gm)
      ?.map((name) => name.trim()) ?? []
  );
}

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
}

it('the commands of the help are found', () => {
  expect(COMMANDS).toEqual(expect.arrayContaining(['init', 'backup', 'restore', 'drill', 'key generate']));
});

describe.each(COMMANDS)('%s', (command) => {
  it('has a help that says what it does and shows an example', async () => {
    const { code, stdout } = await help(command.split(' '));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: .*\n\n\S.+/);
    expect(stdout).toMatch(new RegExp(`\nExamples?:\n(?:.*\n)*  clawback ${command}\\b`));
  });

  it('stands in the README', () => {
    expect(read('README.md')).toContain(`clawback ${command}`);
  });

  it('stands in the page on scripting', () => {
    expect(read('docs/scripting.md')).toMatch(new RegExp(`^### clawback ${command.split(' ')[0]}\\b`, 'm'));
  });
});

it.each(Object.entries(EXIT_CODES))(
  'the error code %s stands in the page on scripting with its exit code %d',
  (code, exit) => {
    expect(read('docs/scripting.md')).toMatch(new RegExp(`^\\| \`${code}\` +\\| ${exit} +\\|`, 'm'));
  },
);

it.each([...new Set(Object.values(EXIT_CODES)), 0, 3])('the exit code %d is explained', (exit) => {
  expect(read('docs/scripting.md')).toMatch(new RegExp(`^\\| ${exit} +\\|`, 'm'));
});

describe('the page on configuration', () => {
  const schema = configSchema({ home: '/', directory: '/' });

  it.each(Object.keys(schema.shape))('explains the key %s', (key) => {
    expect(read('docs/configuration.md')).toMatch(new RegExp(`^### \`${key}\``, 'm'));
  });

  it('shows an example that is valid', async () => {
    const example = /```json5\n([\s\S]*?)```/.exec(read('docs/configuration.md'))?.[1] ?? '';
    const { parseSource } = await import('../../src/core/config/source.ts');
    const result = schema.safeParse(parseSource(example, 'docs/configuration.md').value);
    expect(result.error).toBeUndefined();
  });
});

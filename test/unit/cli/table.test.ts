import { expect, it } from 'vitest';
import { pageOf } from '../../../src/cli/page.ts';
import { facts, table } from '../../../src/cli/table.ts';

const terminal = pageOf({ isTTY: true, columns: 120 }, {});

it('a table is aligned, whatever colours are in it', () => {
  const rows = [
    ['a', '1 B'],
    [terminal.styled('green', 'long name'), '12.3 MiB'],
  ];
  expect(table([{ title: 'name' }, { title: 'size', align: 'right' }], rows)).toBe(
    `NAME           SIZE\na               1 B\n${terminal.styled('green', 'long name')}  12.3 MiB\n`,
  );
});

it('a table without rows is nothing', () => {
  expect(table([{ title: 'name' }], [])).toBe('');
});

it('facts are aligned by their names', () => {
  expect(
    facts([
      ['id', 'x'],
      ['instance', 'y'],
    ]),
  ).toBe('id        x\ninstance  y\n');
});

it('colour is for terminals, and NO_COLOR is honoured', () => {
  expect(terminal.styled('red', 'x')).toBe('\u001B[31mx\u001B[39m');
  expect(pageOf({ isTTY: true }, { NO_COLOR: '1' }).styled('red', 'x')).toBe('x');
  expect(pageOf({ isTTY: true }, { TERM: 'dumb' }).styled('red', 'x')).toBe('x');
  expect(pageOf({}, {}).styled('red', 'x')).toBe('x');
});

import { expect, it } from 'vitest';
import { pageOf } from '../../../src/cli/page.ts';
import { facts, fittedTable, table } from '../../../src/cli/table.ts';

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

it('a table is aligned, however wide its letters are', () => {
  const rows = [
    ['王的手机', 'a'],
    ['x', 'b'],
  ];
  expect(table([{ title: 'name' }, { title: 'y' }], rows)).toBe('NAME      Y\n王的手机  a\nx         b\n');
});

it('a table that does not fit puts each row on two lines', () => {
  const rows = [['a long name', 'operator', '', 'kept']];
  const columns = ['name', 'roles', 'no', 'verdict'].map((title) => ({ title }));
  expect(fittedTable(columns, rows, 40)).toBe(table(columns, rows));
  expect(fittedTable(columns, rows, 20)).toBe('a long name\n    operator, kept\n');
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

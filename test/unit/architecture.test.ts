import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import ts from 'typescript';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** What each layer may import besides itself; `cli/wire.ts` and its helpers put adapters into ports, so cli may see all. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  cli: ['commands', 'core', 'ports', 'adapters'],
  commands: ['core', 'ports'],
  core: ['ports'],
  adapters: ['ports'],
  ports: [],
};

/** Heavy vendor libraries: loaded by the one adapter that needs them, when it is first used. */
const SDKS = [
  '@aws-sdk/client-s3',
  '@google-cloud/storage',
  'ali-oss',
  '@azure/storage-blob',
  'ssh2',
  'ssh2-sftp-client',
  'webdav',
  'basic-ftp',
  'nodemailer',
];

/** Terminal prompts cost start-up time that only questions are worth. */
const LAZY = [...SDKS, '@clack/prompts'];

/** Files of cli that may know an adapter. */
const WIRING = ['cli/wire.ts', 'cli/context.ts'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly kind: 'static' | 'dynamic' | 'type';
}

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const SOURCES = new Map(FILES.map((name) => [name, parse(name)]));
const IMPORTS = [...SOURCES].flatMap(([name, source]) => importsOf(name, source));
const INTERNAL = IMPORTS.filter(({ to }) => to.endsWith('.ts'));

function parse(name: string): ts.SourceFile {
  return ts.createSourceFile(name, readFileSync(join(SRC, name), 'utf8'), ts.ScriptTarget.Latest, true);
}

function importsOf(from: string, source: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, kind: Import['kind']) => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ from, to: target(from, specifier.text), kind });
  };
  visit(source, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause) ? 'type' : 'static');
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static');
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], 'dynamic');
  });
  return found;
}

/** True for `import type …`, of which nothing is left when it runs; ESLint lets no other import have types alone. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** A path relative to src, or the name of a package. */
function target(from: string, specifier: string): string {
  return specifier.startsWith('.') ? relative(SRC, resolve(SRC, dirname(from), specifier)) : specifier;
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => {
    visit(child, look);
  });
}

function layerOf(name: string): string {
  return name.split('/')[0] ?? '';
}

function shown({ from, to }: Import): string {
  return `${from} → ${to}`;
}

/** Places where a file says `object.name`, or `object.` and anything. */
function usesOf(object: string, name?: string): readonly string[] {
  return places(
    (node) =>
      ts.isPropertyAccessExpression(node) &&
      (name === undefined || node.name.text === name) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === object,
  );
}

/** Places where a file asks what time it is by `new Date()`. */
function newDates(): readonly string[] {
  return places(
    (node) => ts.isNewExpression(node) && node.expression.getText() === 'Date' && node.arguments?.length === 0,
  );
}

function places(wanted: (node: ts.Node) => boolean): readonly string[] {
  const found: string[] = [];
  for (const [file, source] of SOURCES) {
    visit(source, (node) => {
      if (wanted(node)) found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    });
  }
  return found;
}

describe('the architecture', () => {
  it('has sources to read', () => {
    expect(FILES.length).toBeGreaterThan(20);
    expect(INTERNAL.length).toBeGreaterThan(20);
  });

  it('has layers, and every file is in one', () => {
    expect(FILES.filter((name) => !(layerOf(name) in ARROWS))).toEqual([]);
  });

  it('has no arrow that points upward', () => {
    const wrong = INTERNAL.filter(
      ({ from, to }) => layerOf(from) !== layerOf(to) && ARROWS[layerOf(from)]?.includes(layerOf(to)) !== true,
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('lets only the wiring know adapters', () => {
    const wrong = INTERNAL.filter(
      ({ from, to }) => layerOf(from) === 'cli' && layerOf(to) === 'adapters' && !WIRING.includes(from),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('has no cycle', () => {
    expect(cycles()).toEqual([]);
  });

  it('leaves the environment, the clock and the console to the command line', () => {
    const uses = [...usesOf('process', 'env'), ...usesOf('Date', 'now'), ...usesOf('console'), ...newDates()];
    expect(uses.filter((place) => layerOf(place) !== 'cli')).toEqual([]);
  });

  it('loads SDKs in adapters alone, and prompts in the command line, each on first use', () => {
    const isOneOf = (names: readonly string[], to: string) =>
      names.some((name) => to === name || to.startsWith(`${name}/`));
    expect(IMPORTS.filter(({ to, kind }) => isOneOf(LAZY, to) && kind === 'static').map(shown)).toEqual([]);
    expect(IMPORTS.filter(({ from, to }) => isOneOf(SDKS, to) && layerOf(from) !== 'adapters').map(shown)).toEqual([]);
  });

  it('has no file longer than 300 lines, and no default export', () => {
    const lines = [...SOURCES].map(([name, source]) => ({ name, lines: source.getLineStarts().length - 1 }));
    expect(lines.filter((file) => file.lines > 300)).toEqual([]);
    const defaults = [...SOURCES].filter(([, source]) => source.statements.some((node) => ts.isExportAssignment(node)));
    expect(defaults.map(([name]) => name)).toEqual([]);
  });
});

/** Every cycle of imports that exist when the program runs, each once. */
function cycles(): readonly string[] {
  const edges = Map.groupBy(
    INTERNAL.filter(({ kind }) => kind === 'static'),
    ({ from }) => from,
  );
  const found: string[] = [];
  const finished = new Set<string>();
  function walk(name: string, path: readonly string[]): void {
    if (path.includes(name)) found.push([...path.slice(path.indexOf(name)), name].join(' → '));
    else if (!finished.has(name)) {
      for (const { to } of edges.get(name) ?? []) walk(to, [...path, name]);
      finished.add(name);
    }
  }
  for (const name of FILES) walk(name, []);
  return found;
}

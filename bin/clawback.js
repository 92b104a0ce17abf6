#!/usr/bin/env node
// Written so that any Node can read it: an old one must get as far as the message. Hence no import statement, no `const`.
/* eslint-disable no-var */
var wanted = [24, 16];
var found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'clawback: error: this is Node ' +
      process.versions.node +
      ', and Clawback needs ' +
      wanted.join('.') +
      ' or newer\n',
  );
  process.stderr.write(
    'clawback: hint: install it from https://nodejs.org, or run: npx --package node@24 --package clawback clawback\n',
  );
  process.exitCode = 2;
} else {
  start();
}

function start() {
  // A checkout runs its sources; the published package has only what was compiled from them.
  var source = new URL('../src/cli/main.ts', import.meta.url);
  var compiled = new URL('../dist/cli/main.js', import.meta.url);
  import('node:fs')
    .then(function (fs) {
      return import(fs.existsSync(source) ? source.href : compiled.href);
    })
    .then(function (module) {
      return module.runProcess();
    });
}

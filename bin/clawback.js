#!/usr/bin/env node
// Written so that any Node can read it, since an old one must get as far as the message: no import statement, no `const`.
var wanted = [24, 16];
var found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'clawback: error: this is Node ' +
      process.versions.node +
      ', and Clawback needs ' +
      wanted.join('.') +
      ' or newer\n' +
      'clawback: hint: install it from https://nodejs.org, or run: npx --package node@24 --package clawback clawback\n',
  );
  process.exitCode = 2;
} else {
  start();
}

function start() {
  import('node:fs')
    .then(function (fs) {
      // A checkout runs its sources; the published package has only what was compiled from them.
      var isCheckout = fs.existsSync(import.meta.dirname + '/../src/cli/main.ts');
      return isCheckout ? import('../src/cli/main.ts') : import('../dist/cli/main.js');
    })
    .then(function (main) {
      return main.runProcess();
    });
}

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
  Promise.all([import('node:fs'), import('node:module')])
    .then(function (builtin) {
      var fs = builtin[0];
      try {
        rememberCompiled(fs, builtin[1]);
      } catch {
        // There is no such place, or nobody may write there: it would only have saved time.
      }
      // A checkout runs its sources; the published package has only what was compiled from them.
      return fs.existsSync(import.meta.dirname + '/../src/cli/main.ts')
        ? import('../src/cli/main.ts')
        : import('../dist/cli/main.js');
    })
    .then(function (main) {
      return main.runProcess();
    });
}

/**
 * Lets Node keep the compiled form of every module in the user's cache: a sixth of the time that a backup with little to do takes.
 * What is kept is run as it is found, so the place must belong to the user whose process this is, and nobody else may write there.
 */
function rememberCompiled(fs, module) {
  // Whoever has named another place keeps it there.
  if (module.getCompileCacheDir() !== undefined) return;
  var named = process.env.XDG_CACHE_HOME;
  var isNamed = named !== undefined && named.startsWith('/');
  var home = isNamed ? named : process.env.HOME;
  // Root with the home of another (sudo) would leave directories there that are not the other's own.
  if (!home || fs.statSync(home).uid !== process.getuid()) return;
  var directory = home + (isNamed ? '' : '/.cache') + '/clawback/compiled';
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  var found = fs.statSync(directory);
  if (found.uid === process.getuid() && (found.mode & 0o022) === 0) module.enableCompileCache(directory);
}

import { spawn } from 'node:child_process';

/**
 * Waits for the end of an input that only its parent holds, then removes a directory, until it stays away. What a Gateway wrote there may
 * be closed to its owner, and one that is being started or killed may still make directories there.
 */
const SCRIPT = `
  while read -r _; do :; done
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    chmod -R u+rwX -- "$0"
    rm -rf -- "$0"
    sleep 0.5
    [ -e "$0" ] || exit
  done`;

/**
 * Sees to it that a directory is removed when this process ends, however it ends: by `kill -9` too. Disposing ends the watch and
 * leaves the directory to whoever has made it.
 *
 * @param directory absolute
 */
export function janitor(directory: string): Disposable {
  const child = spawn('sh', ['-c', SCRIPT, directory], {
    // Ctrl-C on the terminal must not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
  });
  // Without a shell the next start removes the directory.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    [Symbol.dispose]: () => {
      child.kill('SIGKILL');
    },
  };
}

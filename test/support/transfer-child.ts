import { createHash } from 'node:crypto';
import { openAsBlob, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { openStorage } from '../../src/cli/wire.ts';

/** Puts a file into a storage and gets it back: `node transfer-child.ts URL FILE`; see `transfer.ts`. */
const [url = '', file = ''] = process.argv.slice(2);
let sent = 0;
const host = { env: process.env, home: homedir() };
const storage = await openStorage(new URL(url), host, ({ bytes }) => (sent += bytes));
const start = performance.now();
await storage.put('memory/file', await openAsBlob(file));
const stored = performance.now();
const hash = createHash('sha256');
for await (const piece of await storage.get('memory/file')) hash.update(piece);
const report = {
  digest: hash.digest('hex'),
  sent,
  peak: peakMemory(),
  seconds: { up: (stored - start) / 1000, down: (performance.now() - stored) / 1000 },
};
process.stdout.write(JSON.stringify(report));

/** Bytes. What getrusage(2) tells is a parent's peak if that was higher before it became this process. */
function peakMemory(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

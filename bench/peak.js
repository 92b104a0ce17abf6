/**
 * Loaded before the measured program: at its exit, writes the most memory that it ever held, in KiB, where it is told. No TypeScript:
 * what Node needs to read that would be a part of what is measured.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

process.on('exit', () => {
  const path = process.env['CLAWBACK_BENCH_PEAK'];
  if (path === undefined) return;
  // `resourceUsage().maxRSS` counts the process that forked this one as well; the kernel's own mark does not.
  const mark =
    process.platform === 'linux' ? /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) : null;
  writeFileSync(path, mark?.[1] ?? String(process.resourceUsage().maxRSS));
});

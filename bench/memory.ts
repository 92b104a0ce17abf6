/**
 * What a backup, a verification and a restore of 1 GiB of mixed state cost: `npm run bench`.
 *
 * Prints the peak memory of each command, its time and its throughput, and its time as a multiple of what the stock tools
 * (`tar | zstd | age`) need in the same run, since only ratios mean something on another machine. Then how many bytes
 * `cat` asks of the storage for one small file. Exits 1 if a promise is broken: 300 MiB of memory, 2 MiB of the snapshot.
 *
 * The state is made once, in `clawback-bench` below `$XDG_CACHE_HOME` or `~/.cache`; all else goes to a temporary
 * directory. `CLAWBACK_BENCH_NODE='--cpu-prof --cpu-prof-dir=/tmp/profile'` hands flags to the measured Node.
 */
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { backup, cat, prepare, restore, verify } from './work.ts';
import { mixedState, SMALL_FILE } from './state.ts';

const MiB = 1024 * 1024;
const PEAK_LIMIT_MIB = 300;
const CAT_LIMIT = 2 * MiB;

process.exitCode = (await keepsItsPromises()) ? 0 : 1;

async function keepsItsPromises(): Promise<boolean> {
  const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'clawback-bench');
  const work = await prepare(await mixedState(cacheDir));
  let kept = true;
  try {
    console.log('           peak      time   throughput   × stock tools');
    for (const [name, job] of Object.entries({ backup, verify, restore })) {
      const { peak, seconds, stockSeconds } = await job(work);
      const ratio = stockSeconds === null ? '(not installed)' : (seconds / stockSeconds).toFixed(2);
      console.log(
        `${name.padEnd(8)}${peak.toFixed(0).padStart(4)} MiB ${seconds.toFixed(1).padStart(7)} s` +
          `${(work.size / MiB / seconds).toFixed(0).padStart(7)} MiB/s   ${ratio}`,
      );
      kept &&= peak < PEAK_LIMIT_MIB;
    }
    const { asked, requests } = await cat(work, `state/${SMALL_FILE}`);
    console.log(`cat of one small file asks ${(asked / 1024).toFixed(0)} KiB of the storage in ${requests} requests`);
    return kept && asked < CAT_LIMIT;
  } finally {
    await rm(work.home, { recursive: true });
  }
}

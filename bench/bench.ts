/**
 * How fast Clawback is beside other programs, and what memory it needs: `npm run bench`.
 *
 * All programs that are installed run in turn, several times, on states that are the same on every machine; the package is measured
 * as it would be published. Each section is kept in the cache directory when it ends, and `bench/RESULTS.md` is written anew from all
 * that were kept, so `npm run bench -- backup restore` takes up what is missing. Exits 1 if a bar that was measured is not met.
 *
 * `npm run bench -- --quick` takes a few minutes: a small state, two runs, no page. `--runs N` sets how often each program runs.
 * States are made once, in `clawback-bench` below `$XDG_CACHE_HOME` or `~/.cache`, and take 7 GB; all else, 15 GB at most, goes to a
 * temporary directory that is removed after each section, after an interrupt, and, if all that failed, by the next bench.
 * `CLAWBACK_BENCH_NODE='--cpu-prof --cpu-prof-dir=/tmp/profile'` hands flags to the measured Node.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, homedir, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { installOpenClaw } from '../src/adapters/gateway/openclaw-install.ts';
import { sweep } from './arena.ts';
import { bars } from './bars.ts';
import { contestants, isAble } from './contestants.ts';
import { VERSION } from './corpora.ts';
import { packedLauncher } from './packed.ts';
import { page } from './page.ts';
import { keep, kept, type Section } from './results.ts';
import { scratch } from './scratch.ts';
import { SECTIONS } from './sections/all.ts';

/** The release that the tests use as well. */
const OPENCLAW = '2026.9.6';
const RESULTS = new URL('RESULTS.md', import.meta.url);
const LIMITS = new URL('LIMITS.md', import.meta.url);

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, runs: { type: 'string' } },
  allowPositionals: true,
});
process.exitCode = (await bench(positionals.length === 0 ? Object.keys(SECTIONS) : positionals)) ? 0 : 1;

async function bench(names: readonly string[]): Promise<boolean> {
  const unknown = names.find((name) => !(name in SECTIONS));
  if (unknown !== undefined) throw new Error(`no section ${unknown}: there are ${Object.keys(SECTIONS).join(', ')}`);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const cacheDir = join(cache, 'clawback-bench');
  // Of other states nothing may stand beside these.
  const resultsDir = join(cacheDir, `results-${VERSION}`);
  const all = contestants(values.quick ? null : await openclawIn(cache));
  await sweep();
  const setting = {
    cacheDir,
    launcher: await packedLauncher(),
    contestants: all.filter(isAble),
    runs: Number(values.runs ?? (values.quick ? 2 : 5)),
    quick: values.quick,
    signal: interrupted(),
  };
  const missing = all.filter((one) => !isAble(one)).map(({ name }) => name);
  const found: Section[] = [];
  for (const name of names) {
    const began = performance.now();
    const results = (await SECTIONS[name]?.(setting)) ?? [];
    console.log(`${name} took ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const section = { name, at: new Date().toISOString(), machine: machine(name), missing, results };
    found.push(section);
    if (!values.quick) await keep(section, resultsDir);
  }
  const sections = values.quick ? found : await kept(resultsDir, Object.keys(SECTIONS));
  const text = page(sections, await readFile(LIMITS, 'utf8'));
  if (values.quick) console.log(text);
  else await writeFile(RESULTS, await format(text, { ...(await resolveConfig(RESULTS)), parser: 'markdown' }));
  return bars(sections.flatMap(({ results }) => results)).every(({ found: value, limit }) => (value ?? 0) <= limit);
}

/** Fires at the first interrupt, so that everything is cleaned up; the second one ends this process at once. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      controller.abort(new Error(`ended by ${name}`));
    });
  }
  return controller.signal;
}

async function openclawIn(cache: string): Promise<string | null> {
  const request = { version: OPENCLAW, cacheDir: join(cache, 'clawback', 'openclaw'), environment: process.env };
  return installOpenClaw(request).then(
    ({ entry }) => entry,
    () => null,
  );
}

function machine(section: string): string {
  const [first] = cpus();
  return `Node ${process.versions.node} on ${cpus().length} × ${first?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, in ${section === 'restore' ? tmpdir() : scratch()}`;
}

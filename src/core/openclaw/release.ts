/** Releases of OpenClaw are numbered by year, month and patch: `2026.9.6`. */
export function isAtLeast(release: string, least: string): boolean {
  return compareReleases(release, least) >= 0;
}

/** Below 0 if `a` came before `b`; parts that are missing or no numbers count as 0. */
export function compareReleases(a: string, b: string): number {
  const [before, after] = [partsOf(a), partsOf(b)];
  const index = before.findIndex((part, at) => part !== after[at]);
  return index < 0 ? 0 : (before[index] ?? 0) - (after[index] ?? 0);
}

function partsOf(release: string): number[] {
  const parts = release.split(/[.-]/).slice(0, 3).map(Number);
  return [0, 1, 2].map((at) => (Number.isFinite(parts[at]) ? (parts[at] ?? 0) : 0));
}

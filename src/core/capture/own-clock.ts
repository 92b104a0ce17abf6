import { type Stats, statfsSync, statSync } from 'node:fs';
import type { Root } from '../archive/manifest.ts';
import { UNCERTAIN_MS } from '../stamp.ts';

/** Numbers of file systems (`statfs(2)`) that take the time of a change from this host's clock: none is reached over a network. */
const LOCAL = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/** Of what was last changed before this time on these devices it is known that nobody has changed it since. */
export interface AtRest {
  /** By this host's clock, in milliseconds since 1970. */
  readonly since: number;
  readonly devices: ReadonlySet<number>;
}

export function isAtRest({ ctimeMs, dev }: Stats, { since, devices }: AtRest): boolean {
  return ctimeMs < since - UNCERTAIN_MS && devices.has(dev);
}

/** Devices of the roots on which the time of a change can be compared with the time that it is here. */
export function devicesOfOwnClock(roots: readonly Root[]): ReadonlySet<number> {
  const devices = new Set<number>();
  for (const { path } of roots) {
    try {
      if (LOCAL.has(statfsSync(path).type)) devices.add(statSync(path).dev);
    } catch {
      // Whoever reads it will say what is wrong with it.
    }
  }
  return devices;
}

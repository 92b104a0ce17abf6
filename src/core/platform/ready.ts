import type { Platform } from '../doctor/platform.ts';
import { type Blank, blanksIn } from './blanks.ts';
import { cloudRunFiles } from './files/cloud-run.ts';
import { composeFiles } from './files/compose.ts';
import { machineFiles } from './files/machine.ts';
import { podFiles } from './files/pod.ts';
import type { ReadyFiles } from './files/ready-file.ts';
import { taskFiles } from './files/task.ts';
import { unraidFiles } from './files/unraid.ts';
import { zeaburFiles } from './files/zeabur.ts';
import type { Site } from './site.ts';

export interface Kit extends ReadyFiles {
  readonly blanks: readonly Blank[];
}

/** Everything to deploy with on a platform; null where there are notes alone. */
export function readyKit(platform: Platform, site: Site): Kit | null {
  const ready = filesFor(platform, site);
  return ready === null
    ? null
    : { ...ready, blanks: blanksIn([...ready.files.map(({ text }) => text), ...ready.next]) };
}

function filesFor(platform: Platform, site: Site): ReadyFiles | null {
  const { ready } = platform;
  switch (ready?.kind) {
    case undefined:
      return null;
    case 'machine':
      return machineFiles(site, platform, ready.fetchSecret);
    case 'pod':
      return podFiles(site, ready.storageClass);
    case 'task':
      return taskFiles(site, ready.launchType);
    case 'compose':
      return composeFiles(site);
    case 'cloud-run':
      return cloudRunFiles(site);
    case 'zeabur':
      return zeaburFiles(site);
    case 'unraid':
      return unraidFiles(site);
  }
}

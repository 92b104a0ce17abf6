import { detect, type Sighting } from '../core/doctor/detect.ts';
import { PLATFORMS } from '../core/doctor/platforms.ts';
import { type Guide, guideTo } from '../core/platform/guide.ts';
import type { Context } from './context.ts';
import { platformNamed } from './doctor.ts';

export interface PlatformOptions {
  /** Undefined for the one that shows. */
  readonly name: string | undefined;
}

export interface PlatformResult {
  /** Null if none is named and none shows. */
  readonly guide: Guide | null;
  /** All that there are. */
  readonly platforms: readonly { readonly name: string; readonly title: string }[];
}

/** The guide to one platform: the one that is named, else the one that this process runs on. */
export async function platform({ name }: PlatformOptions, context: Context): Promise<PlatformResult> {
  const sighting = name === undefined ? await whereWeAre(context) : null;
  const found = name === undefined ? sighting?.platform : platformNamed(name);
  return {
    guide: found === undefined ? null : guideTo(found, sighting),
    platforms: PLATFORMS.map(({ name, title }) => ({ name, title })),
  };
}

async function whereWeAre({ host, machine }: Context): Promise<Sighting | null> {
  const traces = { machine: await machine(), system: host.platform, env: host.env, root: '', process: 'self' };
  return (await detect(traces))[0] ?? null;
}

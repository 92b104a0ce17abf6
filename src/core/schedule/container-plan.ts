import type { Config, Destination } from '../config/config.ts';
import type { Job } from '../history.ts';
import { type Plan, type Planned, planOf } from './plan.ts';

/** What a scheduler of containers must know besides. */
export interface ContainerPlan extends Plan {
  /** An image whose `clawback` is on the PATH. */
  readonly image: string;
  /** On this host: where the config file is, and the secrets that it names. Absolute paths. */
  readonly configFile: string;
  /** Null if there is none. */
  readonly environmentFile: string | null;
  readonly identity: string | null;
  readonly signingKey: string;
  /** On this host; null if it is wherever OpenClaw resolves it. */
  readonly stateDir: string | null;
  readonly destinations: readonly Destination[];
}

/** Where the images of OpenClaw keep the state directory; snapshots name absolute paths, so it must be the same for both. */
export const STATE_IN_CONTAINER = '/home/node/.openclaw';

/** Where Clawback keeps what must outlive a container: spool, history, and caches that are dear to make again. */
export const OWN_IN_CONTAINER = '/var/lib/clawback';

/** Where the config file and the secrets are. */
export const SECRETS_IN_CONTAINER = '/etc/clawback';

/** A drill makes namespaces, which containers may not: elsewhere it proves more. */
export const CONTAINER_JOBS: readonly Job[] = ['backup', 'verify', 'prune'];

export function containerPlan(
  config: Planned & Pick<Config, 'signingKey' | 'stateDir' | 'destinations'> & { readonly file: string },
  image: string,
  environmentFile: string | null,
): ContainerPlan {
  const { file, identity, signingKey, stateDir, destinations } = config;
  return {
    ...planOf(config, CONTAINER_JOBS),
    ...{ image, configFile: file, environmentFile, identity, signingKey, stateDir, destinations },
  };
}

/** The variables that put the container's paths in place of the host's that the config file names. */
export function containerVariables(
  { identity }: ContainerPlan,
  destinations?: readonly Destination[],
): Readonly<Record<string, string>> {
  return {
    CLAWBACK_STATE_DIR: STATE_IN_CONTAINER,
    ...(identity === null ? {} : { CLAWBACK_IDENTITY: `${SECRETS_IN_CONTAINER}/identity` }),
    CLAWBACK_SIGNING_KEY: `${SECRETS_IN_CONTAINER}/signing-key`,
    ...(destinations === undefined
      ? {}
      : { CLAWBACK_DESTINATIONS: destinations.map(({ name, url }) => `${name}=${url.href}`).join(' ') }),
    HOME: OWN_IN_CONTAINER,
    XDG_STATE_HOME: `${OWN_IN_CONTAINER}/state`,
    XDG_CACHE_HOME: `${OWN_IN_CONTAINER}/cache`,
  };
}

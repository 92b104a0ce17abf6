import { type Config, type Destination, type Retention, USUAL_SCHEDULE } from '../config/config.ts';
import { parseInstance } from '../config/instance.ts';
import type { Recipient } from '../keys/recipients.ts';

/** What ready files must know of an instance: of its config, or of one that is yet to be filled in. Holds no secret. */
export type Site = Pick<
  Config,
  'instance' | 'stateDir' | 'recipients' | 'identity' | 'signingKey' | 'destinations' | 'schedule' | 'retention'
> & {
  /** Where the config file is; in a new site, beside the ready files. */
  readonly file: string;
  /** True where no config was there to go by. */
  readonly isNew: boolean;
};

const KEEPS_ALL: Retention = {
  ...{ last: null, hourly: null, daily: null, weekly: null, monthly: null, yearly: null, minKeep: 3, keepTags: [] },
  within: { all: null, hourly: null, daily: null, weekly: null, monthly: null, yearly: null },
};

const SOMEWHERE: Destination = { name: 'main', url: new URL('s3://FILL_IN_BUCKET/clawback?region=FILL_IN_REGION') };

export function siteOf(config: Config | null): Site {
  if (config !== null && config.file !== null)
    return { ...config, file: config.file, identity: config.identity ?? './identity.txt', isNew: false };
  return {
    instance: config?.instance ?? parseInstance('openclaw'),
    stateDir: config?.stateDir ?? null,
    recipients: config?.recipients ?? ['FILL_IN_RECIPIENT' as Recipient],
    destinations: config?.destinations ?? [SOMEWHERE],
    schedule: config?.schedule ?? USUAL_SCHEDULE,
    retention: config?.retention ?? KEEPS_ALL,
    ...{ file: './config.json5', identity: './identity.txt', signingKey: './signing-key.txt', isNew: true },
  };
}

/** The destinations that another machine reaches as well; a directory of this host it does not. */
export function remoteDestinations({ destinations }: Site): readonly Destination[] {
  const remote = destinations.filter(({ url }) => url.protocol !== 'file:');
  return remote.length === 0 ? [SOMEWHERE] : remote;
}

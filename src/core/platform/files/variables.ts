import { remoteDestinations, type Site } from '../site.ts';

/** The config of a container that has no file of it; the keys come as secrets. */
export function configVariables(site: Site): Readonly<Record<string, string>> {
  const destinations = remoteDestinations(site).map(({ name, url }) => `${name}=${url.href}`);
  return {
    CLAWBACK_INSTANCE: site.instance,
    CLAWBACK_RECIPIENTS: site.recipients.join(' '),
    CLAWBACK_DESTINATIONS: destinations.join(' '),
  };
}

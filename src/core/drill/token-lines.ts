import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../openclaw/host.ts';
import type { TokenLine } from './report.ts';

/** Stands for the secret, which no report may hold. */
const VALUE = '<the token>';

/** The line that sets a variable of the Gateway, on each platform that it may run on; the one for this host comes first. */
export function tokenLines(name: string, { stateDir, host }: { stateDir: string; host: Host }): TokenLine[] {
  const here = platformOf(host);
  const lines: readonly Omit<TokenLine, 'here'>[] = [
    {
      platform: 'systemd',
      text: `systemctl --user edit openclaw-gateway.service, then under [Service]: Environment=${name}=${VALUE}`,
    },
    { platform: 'compose', text: `in the .env beside docker-compose.yml: ${name}=${VALUE}` },
    {
      platform: 'kubernetes',
      text: `kubectl create secret generic openclaw-gateway --from-literal=${name}=${VALUE}, and envFrom: [{secretRef: {name: openclaw-gateway}}] in the container`,
    },
    { platform: 'dotenv', text: `in ${join(stateDir, '.env')}: ${name}=${VALUE}` },
  ];
  return lines
    .map((line) => ({ here: line.platform === here, ...line }))
    .toSorted((a, b) => Number(b.here) - Number(a.here));
}

function platformOf({ env }: Host): TokenLine['platform'] {
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined) return 'kubernetes';
  if (existsSync('/.dockerenv')) return 'compose';
  // What systemd itself recommends to tell a machine that it runs: sd_booted(3).
  return existsSync('/run/systemd/system') ? 'systemd' : 'dotenv';
}

import type { Platform } from '../platform.ts';
import { certain, likely } from './signs.ts';

export const coolify: Platform = {
  name: 'coolify',
  title: 'Coolify',
  stratum: 'app',
  evidence: [
    certain({ variable: 'COOLIFY_RESOURCE_UUID' }),
    likely({ variable: 'COOLIFY_FQDN' }),
    likely({ variable: 'COOLIFY_CONTAINER_NAME' }),
  ],
  state: {
    directory: '/home/node/.openclaw',
    mount: '/home/node/.openclaw',
    root: 'layer',
    lostAt: 'the resource is deployed again without persistent storage',
    survives: 'a volume, whose name holds the id of the resource, or a bind mount',
    mend: ['the resource, Persistent Storage, Add volume mount with destination /home/node/.openclaw', 'redeploy'],
  },
  token: {
    where: 'Environment Variables of the resource',
    set: ['Environment Variables, OPENCLAW_GATEWAY_TOKEN', 'redeploy'],
  },
  probe: {
    from: 'inside',
    signal: 'a health check, if there is one, runs in the container and needs curl or wget',
    patience: null,
    lengthen: (seconds) => `Healthcheck, Start Period ${seconds}`,
  },
  snapshots: { what: 'none for volumes of applications that could be verified', command: null },
  trap: 'A resource that is made anew has a new id, and so perhaps a new and empty volume.',
  doubts: [
    'Whether a resource that is made anew gets an empty volume, and whether older versions set COOLIFY_ variables unasked.',
  ],
  sources: [
    'https://coolify.io/docs/knowledge-base/environment-variables',
    'https://coolify.io/docs/knowledge-base/persistent-storage',
    'https://coolify.io/docs/knowledge-base/health-checks',
  ],
};

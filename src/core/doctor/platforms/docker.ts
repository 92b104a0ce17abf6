import type { Platform } from '../platform.ts';
import { certain, likely } from './signs.ts';

export const docker: Platform = {
  name: 'docker',
  title: 'Docker, Compose or Podman',
  stratum: 'container',
  evidence: [
    certain({ file: '/run/.containerenv' }),
    likely({ file: '/.dockerenv' }),
    likely({ variable: 'container', is: /^(docker|podman|oci)$/ }),
    likely({ file: '/proc/self/cgroup', is: /\/docker[/-]/ }),
    likely({ mount: /^\S+ \S+ \S*(\/docker|\/containers\/storage)\/volumes\/[^/]+\/_data / }),
  ],
  state: {
    directory: '/home/node/.openclaw',
    mount: '/home/node/.openclaw',
    root: 'layer',
    lostAt:
      'the container is removed or made anew, as compose up does after the image changed; named volumes go with down -v',
    survives: 'a named volume or a bind mount, until the host is lost',
    mend: [
      'in compose.yml: volumes: ["./openclaw-state:/home/node/.openclaw"]',
      'chown -R 1000:1000 ./openclaw-state',
      'docker compose up -d',
    ],
  },
  token: {
    where:
      'the .env beside the compose file, and environment: OPENCLAW_GATEWAY_TOKEN: ${OPENCLAW_GATEWAY_TOKEN} in the service',
    set: ['grep OPENCLAW_GATEWAY_TOKEN .env', 'docker compose up -d'],
  },
  probe: {
    from: 'outside',
    signal:
      "the image's HEALTHCHECK asks /healthz in the container, 15 s to start, every 3 min, 3 failures; clients come through the published port",
    patience: 555,
    lengthen: (seconds) => `healthcheck: { start_period: ${seconds}s, retries: 10 } in compose.yml`,
  },
  snapshots: { what: 'none; podman volume export for Podman. docker commit leaves volumes out', command: null },
  trap: 'A volume without a name (64 hexadecimal digits) belongs to one container: after docker rm and run the next one has a new, empty volume.',
  ready: { kind: 'compose' },
  doubts: ['That a volume without a name is left behind by docker rm: from memory.'],
  sources: [
    'https://docs.openclaw.ai/install/docker-vm-runtime',
    'https://docs.docker.com/engine/storage/volumes (unverified)',
    'https://docs.podman.io (unverified)',
  ],
};

import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import {
  type ContainerPlan,
  containerVariables,
  OWN_IN_CONTAINER,
  SECRETS_IN_CONTAINER,
  STATE_IN_CONTAINER,
} from './container-plan.ts';

export interface ComposeOptions {
  /** Absolute path of the state directory on this host. */
  readonly stateDir: string;
  /** User and group that own it. */
  readonly user: string;
}

/** A compose file with one service, beside OpenClaw's, that keeps the schedule. Secrets are files of this host, mounted when it runs. */
export function composeSidecar(plan: ContainerPlan, { stateDir, user }: ComposeOptions): string {
  const { instance, image, configFile, environmentFile, identity, signingKey, destinations } = plan;
  const service = `clawback-${instance}`;
  const secrets = { ...(identity === null ? {} : { identity }), 'signing-key': signingKey };
  const named = Object.entries(secrets).map(([key, file]) => ({ key, name: `${service}-${key}`, file }));
  const local = destinations.filter(({ url }) => url.protocol === 'file:').map(({ url }) => fileURLToPath(url));
  const document = {
    services: {
      [service]: {
        image,
        command: ['clawback', 'schedule', 'run', '--config', `${SECRETS_IN_CONTAINER}/config.json5`],
        init: true,
        restart: 'unless-stopped',
        stop_grace_period: '2m',
        user,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: ['/tmp'],
        mem_limit: '512m',
        environment: containerVariables(plan),
        ...(environmentFile === null ? {} : { env_file: [environmentFile] }),
        volumes: [
          { type: 'bind', source: stateDir, target: STATE_IN_CONTAINER, read_only: true },
          { type: 'volume', source: `${service}-own`, target: OWN_IN_CONTAINER },
          ...local.map((path) => ({ type: 'bind', source: path, target: path, bind: { create_host_path: false } })),
        ],
        secrets: named.map(({ key, name }) => ({ source: name, target: `${SECRETS_IN_CONTAINER}/${key}` })),
        configs: [{ source: `${service}-config`, target: `${SECRETS_IN_CONTAINER}/config.json5` }],
      },
    },
    volumes: { [`${service}-own`]: {} },
    secrets: Object.fromEntries(named.map(({ name, file }) => [name, { file }])),
    configs: { [`${service}-config`]: { file: configFile } },
  };
  return (
    '# Clawback beside OpenClaw: docker compose -f docker-compose.yml -f clawback.yml up --detach\n' +
    '# A container may not make namespaces, which a drill needs: set schedule.drill to null and run drills on a host.\n' +
    stringify(document, (_, value: unknown) => (typeof value === 'string' ? value.replaceAll('$', '$$$$') : value))
  );
}

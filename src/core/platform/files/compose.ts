import { parse, stringify } from 'yaml';
import { composeSidecar } from '../../schedule/compose-sidecar.ts';
import { containerPlan, STATE_IN_CONTAINER } from '../../schedule/container-plan.ts';
import type { Site } from '../site.ts';
import { configText } from './config-file.ts';
import { BUILD_IMAGE, dockerfile, IMAGE } from './image.ts';
import {
  CREDENTIALS_FILE_TEXT,
  GATEWAY_IN_IMAGE,
  GATEWAY_PORT,
  NODE_USER,
  OPENCLAW_IMAGE,
  type ReadyFile,
  type ReadyFiles,
  TOKEN_FILE_TEXT,
} from './ready-file.ts';

/** What of a compose file is touched here; the rest is the sidecar's. */
interface ComposeFile {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const STATE = './openclaw-state';
const USER = `${NODE_USER}:${NODE_USER}`;

/** OpenClaw on a bind mount, a service before it that restores into an empty one, and the sidecar that backs it up. */
export function composeFiles(site: Site): ReadyFiles {
  const plan = containerPlan(site, IMAGE, './clawback.env');
  const sidecar = parse(composeSidecar(plan, { stateDir: STATE, user: USER })) as ComposeFile;
  const document = {
    ...sidecar,
    services: { openclaw: gateway(), restore: restoreBefore(sidecar), ...sidecar.services },
  };
  const config = configText(site, { stateDir: null, identity: './identity.txt', destinations: site.destinations });
  const files: ReadyFile[] = [
    {
      name: 'compose.yml',
      text: `# OpenClaw, restored if there is nothing, and backed up.\n${stringify(document, { version: '1.1', aliasDuplicateObjects: false })}`,
    },
    { name: '.env', text: TOKEN_FILE_TEXT, isSecret: true },
    { name: 'clawback.env', text: CREDENTIALS_FILE_TEXT, isSecret: true },
    ...(site.isNew ? [{ name: 'config.json5', text: config }] : []),
    dockerfile,
  ];
  return {
    files,
    next: [
      BUILD_IMAGE,
      ...(site.isNew
        ? ['put identity.txt and signing-key.txt of the instance beside compose.yml, mode 0600, owner 1000']
        : []),
      'fill in OPENCLAW_GATEWAY_TOKEN in .env: compose refuses to start without it',
      `install -d -m 700 -o ${NODE_USER} -g ${NODE_USER} ${STATE}`,
      'docker compose up --detach',
    ],
  };
}

function gateway(): object {
  return {
    image: OPENCLAW_IMAGE,
    command: GATEWAY_IN_IMAGE,
    init: true,
    restart: 'unless-stopped',
    stop_grace_period: '30s',
    depends_on: { restore: { condition: 'service_completed_successfully' } },
    environment: { HOME: '/home/node', OPENCLAW_GATEWAY_TOKEN: '${OPENCLAW_GATEWAY_TOKEN:?fill it in in .env}' },
    // Reached by a tunnel or a proxy on this host, not from the internet.
    ports: [`127.0.0.1:${GATEWAY_PORT}:${GATEWAY_PORT}`],
    volumes: [{ type: 'bind', source: STATE, target: STATE_IN_CONTAINER }],
    healthcheck: { start_period: '300s', retries: 10 },
  };
}

/** The sidecar once, with the state directory to write to. */
function restoreBefore({ services }: ComposeFile): object {
  const [sidecar = {}] = Object.values(services);
  const { command, restart: _, volumes, ...same } = sidecar;
  const config = (command as readonly string[]).slice(-2);
  return {
    ...same,
    command: ['clawback', 'restore', '--if-empty', ...config],
    restart: 'no',
    volumes: (volumes as readonly { readonly target: string }[]).map((volume) =>
      volume.target === STATE_IN_CONTAINER ? { type: 'bind', source: STATE, target: STATE_IN_CONTAINER } : volume,
    ),
  };
}

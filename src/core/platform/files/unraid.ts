import { html, type Html } from '../../html.ts';
import type { Site } from '../site.ts';
import { configText } from './config-file.ts';
import { BUILD_IMAGE, dockerfile, IMAGE } from './image.ts';
import {
  CREDENTIALS_FILE_TEXT,
  GATEWAY_IN_IMAGE,
  GATEWAY_PORT,
  NODE_USER,
  OPENCLAW_IMAGE,
  type ReadyFiles,
  TOKEN_FILE_TEXT,
} from './ready-file.ts';

/** Of the pool, not of `/mnt/user`, which is a FUSE view. */
const STATE = '/mnt/cache/appdata/openclaw';
const OWN = '/mnt/cache/appdata/clawback';

interface Setting {
  readonly name: string;
  readonly target: string;
  readonly value: string;
  readonly type: 'Path' | 'Port' | 'Variable';
  readonly mode?: string;
}

interface Template {
  readonly name: string;
  readonly image: string;
  readonly overview: string;
  /** What Docker is told besides: secrets come from a file, for a template is stored in clear on the flash. */
  readonly extra: string;
  readonly command: readonly string[];
  readonly settings: readonly Setting[];
}

/** Two templates, for OpenClaw and for Clawback beside it. */
export function unraidFiles(site: Site): ReadyFiles {
  const config = configText(site, {
    ...{ stateDir: '/home/node/.openclaw', identity: '/etc/clawback/identity.txt' },
    destinations: site.destinations,
  });
  return {
    files: [
      { name: 'my-openclaw.xml', text: templateText(openclaw) },
      { name: 'my-clawback.xml', text: templateText(clawback) },
      { name: 'gateway.env', text: TOKEN_FILE_TEXT, isSecret: true },
      { name: 'clawback.env', text: CREDENTIALS_FILE_TEXT, isSecret: true },
      { name: 'config.json5', text: config },
      dockerfile,
    ],
    next: [
      BUILD_IMAGE,
      `install -d -m 700 -o ${NODE_USER} -g ${NODE_USER} ${STATE} ${OWN} ${OWN}/config`,
      `copy config.json5, clawback.env and gateway.env to ${OWN}/config, with identity.txt and signing-key.txt of the instance, and chown -R ${NODE_USER}:${NODE_USER} ${OWN}`,
      'copy my-openclaw.xml and my-clawback.xml to /boot/config/plugins/dockerMan/templates-user',
      `docker run --rm --user ${NODE_USER} -v ${STATE}:/home/node/.openclaw -v ${OWN}/config:/etc/clawback:ro --env-file ${OWN}/config/clawback.env ${IMAGE} clawback restore --if-empty --config /etc/clawback/config.json5`,
      'Docker, Add Container, Template: openclaw, Apply; and the same for clawback',
    ],
  };
}

const openclaw: Template = {
  name: 'openclaw',
  image: OPENCLAW_IMAGE,
  overview: 'OpenClaw, with its state on the pool and its token in a file.',
  extra: `--init --restart=unless-stopped --health-start-period=300s --env-file=${OWN}/config/gateway.env`,
  command: GATEWAY_IN_IMAGE,
  settings: [
    { name: 'State', type: 'Path', target: '/home/node/.openclaw', value: STATE, mode: 'rw' },
    { name: 'Gateway', type: 'Port', target: String(GATEWAY_PORT), value: String(GATEWAY_PORT), mode: 'tcp' },
    { name: 'Home', type: 'Variable', target: 'HOME', value: '/home/node' },
  ],
};

const clawback: Template = {
  name: 'clawback',
  image: IMAGE,
  overview: 'Clawback, which backs OpenClaw up on a schedule.',
  extra: `--init --restart=unless-stopped --env-file=${OWN}/config/clawback.env`,
  command: ['clawback', 'schedule', 'run', '--config', '/etc/clawback/config.json5'],
  settings: [
    { name: 'State', type: 'Path', target: '/home/node/.openclaw', value: STATE, mode: 'ro' },
    { name: 'Config', type: 'Path', target: '/etc/clawback', value: `${OWN}/config`, mode: 'ro' },
    { name: 'Own', type: 'Path', target: '/var/lib/clawback', value: OWN, mode: 'rw' },
    { name: 'Records', type: 'Variable', target: 'XDG_STATE_HOME', value: '/var/lib/clawback' },
  ],
};

// prettier-ignore
/** XML escapes what HTML escapes. */
function templateText({ name, image, overview, extra, command, settings }: Template): string {
  return html`<?xml version="1.0"?>
<Container version="2">
  <Name>${name}</Name>
  <Repository>${image}</Repository>
  <Network>bridge</Network>
  <Shell>sh</Shell>
  <Privileged>false</Privileged>
  <Overview>${overview}</Overview>
  <ExtraParams>${extra}</ExtraParams>
  <PostArgs>${command.join(' ')}</PostArgs>
${settings.map(settingElement)}</Container>
`.text;
}

// prettier-ignore
function settingElement({ name, target, value, type, mode = '' }: Setting): Html {
  return html`  <Config Name="${name}" Target="${target}" Default="${value}" Mode="${mode}" Description="" Type="${type}" Display="always" Required="true" Mask="false">${value}</Config>
`;
}

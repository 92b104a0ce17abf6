import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Platform } from '../../doctor/platform.ts';
import { type LocalPlan, planOf } from '../../schedule/plan.ts';
import { systemdUnits } from '../../schedule/systemd.ts';
import type { Site } from '../site.ts';
import { configText } from './config-file.ts';
import { firstBootScript } from './first-boot.ts';
import { GATEWAY_ENVIRONMENT, GATEWAY_UNIT, gatewayUnit, type MachinePlaces } from './gateway-unit.ts';
import { CREDENTIALS_FILE_TEXT, type ReadyFile, type ReadyFiles, TOKEN_FILE_TEXT } from './ready-file.ts';

const CONFIG = '/etc/clawback/config.json5';
const IDENTITY = '/etc/clawback/identity.txt';
const SCRIPT = '/usr/local/sbin/clawback-first-boot';

/** Units for a machine, and a cloud-init file that makes a fresh one of a backup with the same units. */
export function machineFiles(site: Site, platform: Pick<Platform, 'state'>, fetchSecret: string | null): ReadyFiles {
  const places = placesOf(platform);
  const units = [
    { name: GATEWAY_UNIT, text: gatewayUnit(places) },
    ...systemdUnits(planFor(site, places), 'system').map(({ name, text }) => ({ name, text })),
  ];
  const timers = units.map(({ name }) => name).filter((name) => name.endsWith('.timer'));
  const config: ReadyFile = {
    name: 'config.json5',
    text: configText(site, { stateDir: places.stateDir, identity: IDENTITY, destinations: site.destinations }),
  };
  const script = firstBootScript({ places, fetchSecret, timers });
  return {
    files: [
      { name: 'cloud-init.yaml', text: cloudConfig([...units, config], script, places) },
      ...units,
      config,
      { name: 'gateway.env', text: TOKEN_FILE_TEXT, isSecret: true },
      { name: 'clawback.env', text: CREDENTIALS_FILE_TEXT, isSecret: true },
    ],
    next: [
      'a fresh machine: keep the secrets clawback-identity, clawback-signing-key, clawback-env and openclaw-env where it can read them, give it cloud-init.yaml as user data, and read /var/log/cloud-init-output.log',
      `a machine that is there: gateway.env to ${GATEWAY_ENVIRONMENT}, the other files but cloud-init.yaml to /etc/clawback, the units to /etc/systemd/system; then install -d -m 700 /var/lib/clawback /var/cache/clawback && systemctl daemon-reload && systemctl enable --now ${[GATEWAY_UNIT, ...timers].join(' ')}`,
      'clawback doctor, on that machine',
    ],
  };
}

/** On a data disk, the home of OpenClaw's user is there as well. */
function placesOf({ state }: Pick<Platform, 'state'>): MachinePlaces {
  const stateDir = state.directory.replace('~', '/home/openclaw');
  return { stateDir, home: dirname(stateDir), mount: state.mount === '/' ? null : state.mount };
}

function planFor(site: Site, { stateDir }: MachinePlaces): LocalPlan {
  return {
    // The config that goes with it has no retention policy.
    ...planOf({ ...site, identity: IDENTITY, schedule: { ...site.schedule, prune: null } }),
    program: ['/usr/local/bin/node', '/usr/local/bin/clawback'],
    configFile: CONFIG,
    environmentFile: '/etc/clawback/clawback.env',
    variables: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      XDG_STATE_HOME: '/var/lib',
      XDG_CACHE_HOME: '/var/cache',
      OPENCLAW_STATE_DIR: stateDir,
    },
    identity: IDENTITY,
    signingKey: '/etc/clawback/signing-key.txt',
    ownDirectories: ['/var/lib/clawback', '/var/cache/clawback'],
    destinations: site.destinations.filter(({ url }) => url.protocol === 'file:').map(({ url }) => fileURLToPath(url)),
  };
}

function cloudConfig(files: readonly ReadyFile[], script: string, { mount }: MachinePlaces): string {
  const place = ({ name }: ReadyFile) => (name === 'config.json5' ? CONFIG : `/etc/systemd/system/${name}`);
  const document = {
    ...(mount === null ? {} : dataDisk(mount)),
    package_update: true,
    packages: ['ca-certificates', 'git', 'nodejs', 'npm'],
    write_files: [
      ...files.map((file) => ({ path: place(file), permissions: '0644', content: file.text })),
      { path: SCRIPT, permissions: '0700', content: script },
    ],
    runcmd: [[SCRIPT]],
  };
  return `#cloud-config\n# A fresh machine that comes back as the one that was lost. Holds no secret: the script fetches them.\n${stringify(document, { lineWidth: 0 })}`;
}

/** Formatted only if it is blank, so that the state on it outlasts the machine. */
function dataDisk(mount: string): object {
  return {
    fs_setup: [{ device: 'FILL_IN_DATA_DISK', filesystem: 'ext4', label: 'openclaw', overwrite: false }],
    mounts: [['LABEL=openclaw', mount, 'ext4', 'defaults,nofail', '0', '2']],
  };
}

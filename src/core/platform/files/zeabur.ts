import { stringify } from 'yaml';
import type { Site } from '../site.ts';
import { BUILD_IMAGE, dockerfile, IMAGE } from './image.ts';
import { GATEWAY_PORT, type ReadyFiles } from './ready-file.ts';
import { configVariables } from './variables.ts';

/** Asked for at the deployment. `${PASSWORD}` would make a new token for each new service. */
const ASKED = {
  GATEWAY_TOKEN: ['Gateway token', 'The token of your Gateway as it was, or a long random one'],
  IDENTITY: ['Identity', 'The AGE-SECRET-KEY line of identity.txt'],
  SIGNING_KEY: ['Signing key', 'The secret line of signing-key.txt'],
} as const;

/** A template with a volume, whose image restores into an empty one and backs up meanwhile. */
export function zeaburFiles(site: Site): ReadyFiles {
  return {
    files: [{ name: 'zeabur.yaml', text: stringify(template(site)) }, dockerfile],
    next: [
      BUILD_IMAGE,
      'npx zeabur@latest template deploy -f zeabur.yaml, which asks for the secrets',
      'dashboard, the service, Settings: switch the health check off until the first start is through',
    ],
  };
}

function template(site: Site): object {
  const values = {
    OPENCLAW_GATEWAY_TOKEN: '${GATEWAY_TOKEN}',
    CLAWBACK_IDENTITY: '${IDENTITY}',
    CLAWBACK_SIGNING_KEY: '${SIGNING_KEY}',
    ...configVariables(site),
  };
  return {
    apiVersion: 'zeabur.com/v1',
    kind: 'Template',
    metadata: { name: 'OpenClaw with Clawback' },
    spec: {
      description: 'OpenClaw on a volume, restored if it is empty and backed up to a storage elsewhere',
      variables: Object.entries(ASKED).map(([key, [name, description]]) => ({
        key,
        type: 'STRING',
        name,
        description,
      })),
      services: [
        {
          name: 'openclaw',
          template: 'PREBUILT_V2',
          spec: {
            source: { image: IMAGE },
            ports: [{ id: 'web', port: GATEWAY_PORT, type: 'HTTP' }],
            volumes: [{ id: 'home', dir: '/home/node' }],
            env: Object.fromEntries(
              Object.entries(values).map(([key, value]) => [key, { default: value, expose: false }]),
            ),
          },
        },
      ],
    },
  };
}

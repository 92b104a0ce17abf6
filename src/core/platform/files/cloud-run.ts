import { stringify } from 'yaml';
import type { Site } from '../site.ts';
import { BUILD_IMAGE, dockerfile, IMAGE } from './image.ts';
import { GATEWAY_PORT, type ReadyFiles } from './ready-file.ts';
import { configVariables } from './variables.ts';

/** Secrets of Secret Manager, by the variable that each becomes. */
const SECRETS = {
  OPENCLAW_GATEWAY_TOKEN: 'openclaw-gateway-token',
  CLAWBACK_IDENTITY: 'clawback-identity',
  CLAWBACK_SIGNING_KEY: 'clawback-signing-key',
};

/** Seconds that a start may take for certain; a restore is a part of it. */
const LONGEST_START = 240;
const PERIOD = 10;

/** A service whose disk forgets: `clawback run`, which the image starts, restores at its start and backs up at its end. */
export function cloudRunFiles(site: Site): ReadyFiles {
  return {
    files: [
      { name: 'service.yaml', text: `# gcloud run services replace service.yaml\n${stringify(service(site))}` },
      dockerfile,
    ],
    next: [
      BUILD_IMAGE,
      ...Object.values(SECRETS).map((name) => `gcloud secrets create ${name} --data-file=-, and paste its text`),
      'gcloud run services replace service.yaml --region FILL_IN_REGION',
      'clawback list, a quarter of an hour after the next full hour: it must have made a snapshot',
    ],
  };
}

function service(site: Site): object {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'openclaw', annotations: { 'run.googleapis.com/ingress': 'internal' } },
    spec: {
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/minScale': '1',
            'autoscaling.knative.dev/maxScale': '1',
            // Backups run between requests as well.
            'run.googleapis.com/cpu-throttling': 'false',
            'run.googleapis.com/execution-environment': 'gen2',
          },
        },
        spec: {
          containerConcurrency: 80,
          timeoutSeconds: 3600,
          containers: [
            {
              name: 'openclaw',
              image: IMAGE,
              ports: [{ containerPort: GATEWAY_PORT }],
              env: [
                ...Object.entries(configVariables(site)).map(([name, value]) => ({ name, value })),
                ...Object.entries(SECRETS).map(([name, secret]) => ({
                  name,
                  valueFrom: { secretKeyRef: { name: secret, key: 'latest' } },
                })),
              ],
              // The file system is memory, too.
              resources: { limits: { cpu: '2', memory: '4Gi' } },
              startupProbe: {
                tcpSocket: { port: GATEWAY_PORT },
                periodSeconds: PERIOD,
                timeoutSeconds: PERIOD,
                failureThreshold: LONGEST_START / PERIOD,
              },
            },
          ],
        },
      },
    },
  };
}

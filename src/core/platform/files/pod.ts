import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPersistentVolumeClaim, IService } from 'kubernetes-models/v1';
import { stringify } from 'yaml';
import { containerPlan, type ContainerPlan, STATE_IN_CONTAINER } from '../../schedule/container-plan.ts';
import { clawbackContainer, clawbackVolumes, kubernetesManifests, resourceName } from '../../schedule/kubernetes.ts';
import { GENEROUS_START } from '../guide.ts';
import { remoteDestinations, type Site } from '../site.ts';
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

const NAMESPACE = 'openclaw';
const CLAIM = 'openclaw-home-pvc';
const LABELS = { app: 'openclaw' };
/** Seconds, as `podProbe` advises it. */
const PERIOD = 5;

/** A claim, OpenClaw on it with a restore before it, and the CronJobs that back it up. */
export function podFiles(site: Site, storageClass: string | null): ReadyFiles {
  const destinations = remoteDestinations(site);
  const plan = containerPlan({ ...site, destinations }, IMAGE, './clawback.env');
  const openclaw = [claim(storageClass), service(), deployment(plan)]
    .map((document) => stringify(document))
    .join('---\n');
  const config = configText(site, { stateDir: null, identity: './identity.txt', destinations });
  return {
    files: [
      { name: 'openclaw.yaml', text: `# The secrets first: the comments in clawback.yaml say how.\n${openclaw}` },
      { name: 'clawback.yaml', text: kubernetesManifests(plan, { namespace: NAMESPACE, claim: CLAIM }) },
      { name: 'gateway.env', text: TOKEN_FILE_TEXT, isSecret: true },
      { name: 'clawback.env', text: CREDENTIALS_FILE_TEXT, isSecret: true },
      ...(site.isNew ? [{ name: 'config.json5', text: config }] : []),
      dockerfile,
    ],
    next: [
      BUILD_IMAGE,
      `kubectl create namespace ${NAMESPACE}`,
      `fill in OPENCLAW_GATEWAY_TOKEN in gateway.env, then kubectl create secret generic openclaw-secrets -n ${NAMESPACE} --from-env-file=gateway.env, and remove the file`,
      'make the secrets that the comment at the top of clawback.yaml names',
      'kubectl apply -f clawback.yaml -f openclaw.yaml',
      `kubectl -n ${NAMESPACE} logs deployment/openclaw -c restore`,
    ],
  };
}

function claim(storageClass: string | null): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: CLAIM, namespace: NAMESPACE, labels: LABELS },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClass === null ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: '10Gi' } },
    },
  };
}

function service(): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'openclaw', namespace: NAMESPACE, labels: LABELS },
    spec: { selector: LABELS, ports: [{ name: 'gateway', port: GATEWAY_PORT, targetPort: 'gateway' }] },
  };
}

function deployment(plan: ContainerPlan): IDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'openclaw', namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas: 1,
      // Two pods at once would write to one state directory.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NODE_USER,
            runAsGroup: NODE_USER,
            fsGroup: NODE_USER,
            fsGroupChangePolicy: 'OnRootMismatch',
            seccompProfile: { type: 'RuntimeDefault' },
          },
          terminationGracePeriodSeconds: 60,
          initContainers: [restore(plan)],
          containers: [gateway()],
          volumes: [
            { name: 'state', persistentVolumeClaim: { claimName: CLAIM } },
            // Of the CronJobs, which may run at that moment, it shares the secrets alone.
            { name: 'own', emptyDir: {} },
            ...clawbackVolumes(resourceName(plan.instance)),
          ],
        },
      },
    },
  };
}

type Container = NonNullable<NonNullable<NonNullable<IDeployment['spec']>['template']['spec']>['containers']>[number];

/** Brings the latest snapshot into a volume that is empty, and leaves one alone that is not. */
function restore(plan: ContainerPlan): Container {
  const words = ['restore', '--if-empty'];
  return { ...clawbackContainer(plan, { words, name: resourceName(plan.instance), writes: true }), name: 'restore' };
}

function gateway(): Container {
  const ask = (path: string): string =>
    `fetch('http://127.0.0.1:${GATEWAY_PORT}${path}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  const probe = (path: string) => ({
    exec: { command: ['node', '-e', ask(path)] },
    timeoutSeconds: 10,
    periodSeconds: 30,
  });
  return {
    name: 'gateway',
    image: OPENCLAW_IMAGE,
    command: GATEWAY_IN_IMAGE,
    ports: [{ name: 'gateway', containerPort: GATEWAY_PORT }],
    env: [
      { name: 'HOME', value: '/home/node' },
      {
        name: 'OPENCLAW_GATEWAY_TOKEN',
        valueFrom: { secretKeyRef: { name: 'openclaw-secrets', key: 'OPENCLAW_GATEWAY_TOKEN' } },
      },
    ],
    // A restored state is migrated before the port is there.
    startupProbe: {
      tcpSocket: { port: GATEWAY_PORT },
      periodSeconds: PERIOD,
      failureThreshold: Math.ceil(GENEROUS_START / PERIOD),
    },
    livenessProbe: probe('/healthz'),
    readinessProbe: probe('/readyz'),
    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'state', mountPath: STATE_IN_CONTAINER },
      { name: 'tmp', mountPath: '/tmp' },
      // OpenClaw keeps copies of databases there while it starts.
      { name: 'tmp', mountPath: '/home/node/.cache', subPath: 'cache' },
    ],
  };
}

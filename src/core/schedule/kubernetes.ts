import { createHash } from 'node:crypto';
import type { ICronJob } from 'kubernetes-models/batch/v1';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1';
import { stringify } from 'yaml';
import { ClawbackError } from '../../ports/errors.ts';
import { quoteShell } from '../shell.ts';
import {
  type ContainerPlan,
  containerVariables,
  OWN_IN_CONTAINER,
  SECRETS_IN_CONTAINER,
  STATE_IN_CONTAINER,
} from './container-plan.ts';
import { fiveFields, refuseSeconds } from './cron-fields.ts';
import type { PlannedJob } from './plan.ts';

export interface KubernetesOptions {
  readonly namespace: string;
  /** Name of the PersistentVolumeClaim that holds OpenClaw's state. */
  readonly claim: string;
}

/** `node`, the user of OpenClaw's images. */
const NODE_USER = 1000;

/** Bytes of a CronJob's name: it adds eleven for its Jobs, and a label holds 63. */
const LONGEST_NAME = 52;

/**
 * Manifests for `kubectl apply`: a claim for what Clawback keeps, and a CronJob for each job. The secrets stay out of them: a
 * comment says how to make them.
 *
 * @throws ClawbackError `CONFIG` for what a cluster cannot do.
 */
export function kubernetesManifests(plan: ContainerPlan, options: KubernetesOptions): string {
  const name = resourceName(plan.instance);
  const documents = [ownClaim(name, options), ...plan.jobs.map((job) => cronJob(plan, job, { ...options, name }))];
  return [header(plan, { ...options, name }), ...documents.map((document) => stringify(document))].join('---\n');
}

interface Named extends KubernetesOptions {
  readonly name: string;
}

function header(plan: ContainerPlan, { name, namespace, claim }: Named): string {
  const { configFile, identity, signingKey, environmentFile, jitter } = plan;
  const files = { 'config.json5': configFile, ...(identity === null ? {} : { identity }), 'signing-key': signingKey };
  const secret = Object.entries(files).map(([key, path]) => `--from-file=${quoteShell(`${key}=${path}`)}`);
  const gone = plan.destinations.filter(isLocal).map((destination) => destination.name);
  return comment(
    `Clawback keeps ${plan.instance}: kubectl apply -f this file. First, once:`,
    `  kubectl create secret generic ${name} --namespace ${namespace} \\`,
    ...secret.map((word, index) => `    ${word}${index < secret.length - 1 ? ' \\' : ''}`),
    'and for the variables that the config takes from the environment, credentials of storages among them:',
    `  kubectl create secret generic ${name}-env --namespace ${namespace} --from-env-file=${quoteShell(environmentFile ?? 'clawback.env')}`,
    `The claim ${claim} holds the state directory of OpenClaw; it is mounted read-only at ${STATE_IN_CONTAINER}.`,
    ...(gone.length === 0 ? [] : [`Left out, for a pod has no such directory: the destinations ${gone.join(', ')}.`]),
    ...(jitter === 0 ? [] : ['Left out, for a CronJob has none: the jitter.']),
    'Left out, for a pod may not make namespaces: the drill. Run it on a host.',
  );
}

function ownClaim(name: string, { namespace }: KubernetesOptions): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${name}-own`, namespace, labels: labels(name) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
  };
}

function cronJob(plan: ContainerPlan, { job, fields }: PlannedJob, { name, namespace, claim }: Named): ICronJob {
  refuseSeconds(fields, 'kubernetes');
  const sameNode = { labelSelector: { matchLabels: { app: 'openclaw' } }, topologyKey: 'kubernetes.io/hostname' };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: `${name}-${job}`, namespace, labels: labels(name) },
    spec: {
      schedule: fiveFields(fields),
      timeZone: plan.timezone,
      concurrencyPolicy: 'Forbid',
      // Missed by more than an hour, the next one will do.
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          activeDeadlineSeconds: 6 * 3600,
          template: {
            metadata: { labels: labels(name) },
            spec: {
              restartPolicy: 'Never',
              automountServiceAccountToken: false,
              // A volume that one node may mount at a time is where OpenClaw is.
              affinity: {
                podAffinity: {
                  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: sameNode }],
                },
              },
              securityContext: {
                runAsNonRoot: true,
                runAsUser: NODE_USER,
                runAsGroup: NODE_USER,
                fsGroup: NODE_USER,
                fsGroupChangePolicy: 'OnRootMismatch',
                seccompProfile: { type: 'RuntimeDefault' },
              },
              terminationGracePeriodSeconds: 120,
              containers: [clawbackContainer(plan, { words: [job], name, writes: false })],
              volumes: [
                { name: 'state', persistentVolumeClaim: { claimName: claim, readOnly: true } },
                { name: 'own', persistentVolumeClaim: { claimName: `${name}-own` } },
                ...clawbackVolumes(name),
              ],
            },
          },
        },
      },
    },
  };
}

type Containers = NonNullable<ICronJob['spec']['jobTemplate']['spec']>['template']['spec'];

interface Run {
  /** The command and its options. */
  readonly words: readonly string[];
  /** Of the resources. */
  readonly name: string;
  /** Whether it may write to the state directory. */
  readonly writes: boolean;
}

/** What every pod mounts that runs Clawback, besides the state directory and what Clawback keeps. */
export function clawbackVolumes(name: string): { name: string; secret?: object; emptyDir?: object }[] {
  return [
    { name: 'secrets', secret: { secretName: name, defaultMode: 0o440 } },
    { name: 'tmp', emptyDir: {} },
  ];
}

/** One run of Clawback in a pod. */
export function clawbackContainer(
  plan: ContainerPlan,
  { words, name, writes }: Run,
): NonNullable<Containers>['containers'][number] {
  return {
    name: 'clawback',
    image: plan.image,
    command: ['clawback'],
    args: [...words, '--config', `${SECRETS_IN_CONTAINER}/config.json5`],
    env: Object.entries(containerVariables(plan, reachable(plan))).map(([key, value]) => ({
      name: key,
      value: literal(value),
    })),
    envFrom: [{ secretRef: { name: `${name}-env`, optional: true } }],
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'state', mountPath: STATE_IN_CONTAINER, ...(writes ? {} : { readOnly: true }) },
      { name: 'own', mountPath: OWN_IN_CONTAINER },
      { name: 'secrets', mountPath: SECRETS_IN_CONTAINER, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** The destinations that a pod can reach, if they are not all of them. */
function reachable({ destinations }: ContainerPlan): ContainerPlan['destinations'] | undefined {
  const remote = destinations.filter((destination) => !isLocal(destination));
  if (remote.length === 0) {
    throw new ClawbackError('CONFIG', 'every destination is a directory of this host, which a pod does not have', {
      hint: 'add a destination that is reached over the network, such as s3://bucket/prefix',
    });
  }
  return remote.length === destinations.length ? undefined : remote;
}

function isLocal({ url }: ContainerPlan['destinations'][number]): boolean {
  return url.protocol === 'file:';
}

function labels(name: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'clawback', 'app.kubernetes.io/instance': name };
}

/** Kubernetes takes `$(NAME)` in a value for a variable. */
function literal(value: string): string {
  return value.replaceAll('$(', '$$(');
}

/** A name that every resource may have: one that has to be changed or cut is told from others by a digest. */
export function resourceName(instance: string): string {
  const longest = LONGEST_NAME - 'clawback-'.length - '-backup'.length;
  const fitting = instance.replaceAll(/[^a-z0-9-]/g, '-');
  if (fitting === instance && instance.length <= longest && !instance.endsWith('-')) return `clawback-${instance}`;
  const digest = createHash('sha256').update(instance).digest('hex').slice(0, 8);
  return `clawback-${fitting.slice(0, longest - digest.length - 1)}-${digest}`;
}

function comment(...lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

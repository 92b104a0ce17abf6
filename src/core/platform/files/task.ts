import type { Site } from '../site.ts';
import { BUILD_IMAGE, dockerfile, IMAGE } from './image.ts';
import { GATEWAY_PORT, GATEWAY_WORDS, type ReadyFiles } from './ready-file.ts';
import { configVariables } from './variables.ts';

const STATE = '/home/node/.openclaw';
const LOG = { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/openclaw', 'awslogs-create-group': 'true', 'awslogs-region': 'FILL_IN_REGION', 'awslogs-stream-prefix': 'openclaw' } } as const; // prettier-ignore

/** A task definition with the state on EFS, a restore before the Gateway and the schedule beside it; and a service that runs one of it. */
export function taskFiles(site: Site, launchType: 'EC2' | 'FARGATE'): ReadyFiles {
  return {
    files: [
      { name: 'task-definition.json', text: json(taskDefinition(site, launchType)) },
      { name: 'service.json', text: json(service(launchType)) },
      dockerfile,
    ],
    next: [
      BUILD_IMAGE,
      'put the token, identity.txt and signing-key.txt into Secrets Manager, each as plain text',
      'aws ecs register-task-definition --cli-input-json file://task-definition.json',
      'aws ecs create-service --cli-input-json file://service.json',
      'aws logs tail /ecs/openclaw --follow',
    ],
  };
}

function taskDefinition(site: Site, launchType: 'EC2' | 'FARGATE'): object {
  return {
    family: 'openclaw',
    requiresCompatibilities: [launchType],
    networkMode: 'awsvpc',
    cpu: '1024',
    memory: '4096',
    executionRoleArn: 'FILL_IN_EXECUTION_ROLE_ARN',
    taskRoleArn: 'FILL_IN_TASK_ROLE_ARN',
    volumes: [
      {
        name: 'state',
        efsVolumeConfiguration: {
          fileSystemId: 'FILL_IN_EFS_ID',
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: 'FILL_IN_ACCESS_POINT_ID', iam: 'ENABLED' },
        },
      },
    ],
    containerDefinitions: [restore(site), gateway(), schedule(site)],
  };
}

function gateway(): object {
  const ask = `fetch('http://127.0.0.1:${GATEWAY_PORT}/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  return {
    name: 'gateway',
    image: IMAGE,
    command: ['openclaw', ...GATEWAY_WORDS],
    essential: true,
    user: 'node',
    dependsOn: [{ containerName: 'restore', condition: 'SUCCESS' }],
    portMappings: [{ containerPort: GATEWAY_PORT, protocol: 'tcp' }],
    environment: [{ name: 'HOME', value: '/home/node' }],
    secrets: [{ name: 'OPENCLAW_GATEWAY_TOKEN', valueFrom: 'FILL_IN_TOKEN_SECRET_ARN' }],
    mountPoints: [{ sourceVolume: 'state', containerPath: STATE }],
    // 300 s is the most that ECS gives a start.
    healthCheck: { command: ['CMD', 'node', '-e', ask], interval: 30, timeout: 10, retries: 10, startPeriod: 300 },
    stopTimeout: 60,
    linuxParameters: { initProcessEnabled: true },
    logConfiguration: LOG,
  };
}

function restore(site: Site): object {
  return {
    ...clawback(site),
    name: 'restore',
    command: ['clawback', 'restore', '--if-empty'],
    essential: false,
    mountPoints: [{ sourceVolume: 'state', containerPath: STATE }],
  };
}

function schedule(site: Site): object {
  return {
    ...clawback(site),
    name: 'clawback',
    command: ['clawback', 'schedule', 'run'],
    // A Gateway goes on without backups; the alarm says that they are overdue.
    essential: false,
    dependsOn: [{ containerName: 'gateway', condition: 'HEALTHY' }],
    mountPoints: [{ sourceVolume: 'state', containerPath: STATE, readOnly: true }],
  };
}

function clawback(site: Site): object {
  const variables = {
    ...configVariables(site),
    CLAWBACK_STATE_DIR: STATE,
    HOME: '/home/node',
    XDG_STATE_HOME: '/var/lib/clawback',
    XDG_CACHE_HOME: '/tmp',
  };
  return {
    image: IMAGE,
    user: 'node',
    environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
    secrets: [
      { name: 'CLAWBACK_IDENTITY', valueFrom: 'FILL_IN_IDENTITY_SECRET_ARN' },
      { name: 'CLAWBACK_SIGNING_KEY', valueFrom: 'FILL_IN_SIGNING_KEY_SECRET_ARN' },
    ],
    logConfiguration: LOG,
  };
}

function service(launchType: 'EC2' | 'FARGATE'): object {
  return {
    cluster: 'FILL_IN_CLUSTER',
    serviceName: 'openclaw',
    taskDefinition: 'openclaw',
    launchType,
    desiredCount: 1,
    // Two tasks must never write to one state directory.
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['FILL_IN_SUBNET_ID'], securityGroups: ['FILL_IN_SECURITY_GROUP_ID'] },
    },
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

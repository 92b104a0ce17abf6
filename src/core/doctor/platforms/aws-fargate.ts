import type { Platform } from '../platform.ts';
import { taskProbe, taskToken } from './ecs-advice.ts';
import { certain } from './signs.ts';

export const awsFargate: Platform = {
  name: 'aws-fargate',
  title: 'AWS Fargate',
  stratum: 'app',
  evidence: [certain({ variable: 'AWS_EXECUTION_ENV', is: /^AWS_ECS_FARGATE$/ })],
  state: {
    directory: '/home/node/.openclaw',
    mount: '/home/node/.openclaw',
    root: 'layer',
    lostAt:
      'the task stops: its ephemeral storage goes, and so does an EBS volume that the task manages, unless deleteOnTermination is false',
    survives: 'an EFS file system',
    mend: [
      'an EFS file system in the task definition: "efsVolumeConfiguration", mounted at /home/node/.openclaw',
      'desiredCount 1, minimumHealthyPercent 0, maximumPercent 100: two tasks must never write at once',
    ],
  },
  token: taskToken,
  probe: taskProbe,
  snapshots: { what: 'AWS Backup for EFS', command: null },
  trap: 'The default rolling deployment starts the new task before the old one stops: for a while two Gateways write to one state directory.',
  ready: { kind: 'task', launchType: 'FARGATE' },
  doubts: [
    'That minimumHealthyPercent 0 with maximumPercent 100 alone keeps two tasks from overlapping: it follows from what they mean, and no page that was read says so.',
  ],
  sources: [
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-environment-variables.html',
    'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html',
    'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeTerminationPolicy.html',
  ],
};

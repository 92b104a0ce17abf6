import type { Platform } from '../platform.ts';
import { taskProbe, taskToken } from './ecs-advice.ts';
import { certain, likely } from './signs.ts';

export const awsEcs: Platform = {
  name: 'aws-ecs',
  title: 'AWS ECS on EC2',
  stratum: 'app',
  evidence: [
    certain({ variable: 'AWS_EXECUTION_ENV', is: /^AWS_ECS_EC2$/ }),
    likely({ variable: 'ECS_CONTAINER_METADATA_URI_V4' }),
  ],
  state: {
    directory: '/home/node/.openclaw',
    mount: '/home/node/.openclaw',
    root: 'layer',
    lostAt: 'the task is replaced; on another instance a path of the host is empty as well',
    survives: 'an EFS file system; a path of the host, as long as the task stays on that instance',
    mend: [
      'an EFS file system in the task definition: "efsVolumeConfiguration", mounted at /home/node/.openclaw',
      'desiredCount 1, minimumHealthyPercent 0, maximumPercent 100: two tasks must never write at once',
    ],
  },
  token: taskToken,
  probe: taskProbe,
  snapshots: {
    what: 'AWS Backup for EFS, EBS snapshots for a path of the host',
    command: 'aws ec2 create-snapshot --volume-id VOLUME',
  },
  trap: 'A bind mount of the host works until the scheduler places the task on another instance.',
  ready: { kind: 'task', launchType: 'EC2' },
  doubts: ['Whether a Docker volume of scope task goes with the task.'],
  sources: [
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-environment-variables.html',
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html',
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html',
  ],
};

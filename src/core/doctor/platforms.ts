import type { Platform } from './platform.ts';
import { alibaba } from './platforms/alibaba.ts';
import { awsEc2 } from './platforms/aws-ec2.ts';
import { awsEcs } from './platforms/aws-ecs.ts';
import { awsEks } from './platforms/aws-eks.ts';
import { awsFargate } from './platforms/aws-fargate.ts';
import { cloudRun } from './platforms/cloud-run.ts';
import { coolify } from './platforms/coolify.ts';
import { docker } from './platforms/docker.ts';
import { fly } from './platforms/fly.ts';
import { gce } from './platforms/gce.ts';
import { gke } from './platforms/gke.ts';
import { kubernetes } from './platforms/kubernetes.ts';
import { linux } from './platforms/linux.ts';
import { macos } from './platforms/macos.ts';
import { railway } from './platforms/railway.ts';
import { render } from './platforms/render.ts';
import { unraid } from './platforms/unraid.ts';
import { volcengine } from './platforms/volcengine.ts';
import { windows } from './platforms/windows.ts';
import { zeabur } from './platforms/zeabur.ts';

/** Every platform; of those in one stratum the more particular first, so that it wins over what it is made of. */
export const PLATFORMS: readonly Platform[] = [
  zeabur,
  railway,
  fly,
  render,
  coolify,
  cloudRun,
  awsFargate,
  awsEcs,
  unraid,
  awsEks,
  gke,
  kubernetes,
  docker,
  alibaba,
  volcengine,
  awsEc2,
  gce,
  windows,
  macos,
  linux,
];

import type { Platform } from '../platform.ts';
import { podProbe, podState, podToken } from './kubernetes-advice.ts';
import { dmi, likely, POD } from './signs.ts';

export const awsEks: Platform = {
  name: 'aws-eks',
  title: 'AWS EKS',
  stratum: 'orchestrator',
  evidence: [
    likely(POD, { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE', is: /eks\.amazonaws\.com/ }),
    likely(POD, dmi('sys_vendor', /^Amazon EC2/)),
    likely({ file: '/proc/self/cgroup', is: /\/ecs\/.*\/kubepods\// }),
  ],
  state: {
    ...podState,
    survives: 'a PersistentVolume of the EBS or EFS CSI driver; an EBS volume stays in its availability zone',
    mend: [
      ...podState.mend,
      'storageClassName: gp3 (aws-ebs-csi-driver), or an EFS access point; SQLite is faster and safer on EBS',
    ],
  },
  token: podToken,
  probe: podProbe,
  snapshots: {
    what: 'EBS snapshots through the CSI driver, or AWS Backup for EFS',
    command: 'aws ec2 create-snapshot --volume-id VOLUME',
  },
  trap: 'The volume is there and mounted, but over another directory than the one that OPENCLAW_STATE_DIR names, so that every pod starts as a new machine.',
  ready: { kind: 'pod', storageClass: 'gp3' },
  doubts: ['How a pod knows that it is on EKS: by the variables of its identity, or else by the firmware of the node.'],
  sources: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html (unverified)',
    'https://docs.openclaw.ai/install/kubernetes',
  ],
};

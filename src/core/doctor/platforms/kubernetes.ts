import type { Platform } from '../platform.ts';
import { podProbe, podState, podToken } from './kubernetes-advice.ts';
import { certain, likely, POD } from './signs.ts';

export const kubernetes: Platform = {
  name: 'kubernetes',
  title: 'Kubernetes',
  stratum: 'orchestrator',
  evidence: [
    certain(POD),
    certain({ file: '/var/run/secrets/kubernetes.io/serviceaccount/namespace' }),
    // The third word is what of a file system is mounted: on the node itself it is the fourth that names the pod.
    likely({ mount: /^\S+ \S+ \S*\/kubelet\/pods\// }),
    likely({ file: '/proc/self/cgroup', is: /kubepods/ }),
  ],
  state: {
    ...podState,
    survives:
      'a PersistentVolume, until its claim is deleted and the reclaim policy is Delete; one of the node (local-path) only while the node lives',
  },
  token: podToken,
  probe: podProbe,
  snapshots: {
    what: 'VolumeSnapshot of a CSI driver that has them; crash-consistent',
    command: 'kubectl get volumesnapshotclass',
  },
  trap: 'Older manifests of OpenClaw copy a ConfigMap over openclaw.json at every start of the pod, so that a restored config is overwritten; and a manifest without a startupProbe is killed while a restored state is migrated.',
  ready: { kind: 'pod', storageClass: null },
  doubts: ['Where volumes of the local-path provisioner lie on the node, by which they are recognised.'],
  sources: [
    'https://docs.openclaw.ai/install/kubernetes',
    'https://kubernetes.io/docs/concepts/storage/volumes (unverified)',
    'https://dev.to/diya_r/deployment-using-all-three-kubernetes-probes-2819',
  ],
};

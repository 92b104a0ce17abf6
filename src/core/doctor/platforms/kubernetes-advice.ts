import type { ProbeAdvice, StateAdvice, TokenAdvice } from '../platform.ts';

const PERIOD = 5;

/** What holds in every Kubernetes, whoever runs it. */
export const podState: Omit<StateAdvice, 'survives'> = {
  directory: '/home/node/.openclaw',
  mount: '/home/node/.openclaw',
  root: 'layer',
  lostAt: 'the pod is deleted, evicted or rolled out: its write layer and every emptyDir go with it',
  mend: [
    'kubectl get pvc -n openclaw',
    'give the Deployment a PersistentVolumeClaim (ReadWriteOnce) mounted at /home/node/.openclaw, replicas: 1, strategy: { type: Recreate }',
  ],
};

export const podToken: TokenAdvice = {
  where: 'the Secret openclaw-secrets, key OPENCLAW_GATEWAY_TOKEN',
  set: [
    'kubectl create secret generic openclaw-secrets -n openclaw --from-env-file=gateway.env',
    'kubectl rollout restart deployment/openclaw -n openclaw',
  ],
};

/** A probe of type exec runs in the container and is as good; what a manifest has cannot be seen from inside. */
export const podProbe: ProbeAdvice = {
  from: 'outside',
  signal: 'TCP or HTTP on the port, from the node: every 10 s, 1 s to answer, 3 failures',
  patience: 30,
  lengthen: (seconds) =>
    `startupProbe: { tcpSocket: { port: 18789 }, periodSeconds: ${PERIOD}, failureThreshold: ${Math.ceil(seconds / PERIOD)} }`,
};

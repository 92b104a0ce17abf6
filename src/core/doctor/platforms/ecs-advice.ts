import type { ProbeAdvice, TokenAdvice } from '../platform.ts';

/** What holds for a task of ECS, on EC2 or Fargate. */
export const taskToken: TokenAdvice = {
  where: '"secrets" of the container in the task definition, from Secrets Manager',
  set: [
    '"secrets": [{ "name": "OPENCLAW_GATEWAY_TOKEN", "valueFrom": "ARN of the secret" }]',
    'aws ecs update-service --cluster CLUSTER --service SERVICE --force-new-deployment',
  ],
};

export const taskProbe: ProbeAdvice = {
  from: 'inside',
  signal:
    'the healthCheck of the task definition, in the container: every 30 s, 5 s to answer, 3 failures; that of the image is ignored',
  patience: 90,
  lengthen: (seconds) =>
    `"healthCheck": { "startPeriod": ${Math.min(300, seconds)}, "retries": 10 }; behind a load balancer also healthCheckGracePeriodSeconds ${seconds}`,
};

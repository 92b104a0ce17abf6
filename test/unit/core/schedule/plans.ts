import { cronFields } from '../../../../src/core/schedule/cron-fields.ts';
import type { ContainerPlan } from '../../../../src/core/schedule/container-plan.ts';
import type { LocalPlan, PlannedJob } from '../../../../src/core/schedule/plan.ts';

const EXPRESSIONS = {
  backup: '17 * * * *',
  verify: '0 4 * * 0',
  prune: '30 4 * * *',
  drill: '0 9 1 1,4,7,10 *',
} as const;

export function planned(
  expressions: Partial<Record<keyof typeof EXPRESSIONS, string>> = EXPRESSIONS,
): readonly PlannedJob[] {
  return Object.entries(expressions).map(([job, expression]) => ({
    job: job as PlannedJob['job'],
    expression,
    fields: cronFields(expression),
  }));
}

/** The usual schedule, on a host. */
export function localPlan(facts: Partial<LocalPlan> = {}): LocalPlan {
  return {
    instance: 'prod-1',
    timezone: 'UTC',
    jitter: 300_000,
    jobs: planned(),
    program: [process.execPath, '/usr/lib/clawback/bin/clawback.js'],
    configFile: '/home/ada/.config/clawback/config.json5',
    environmentFile: '/home/ada/.config/clawback/clawback.env',
    variables: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    identity: '/home/ada/.config/clawback/identity.txt',
    signingKey: '/home/ada/.config/clawback/signing-key.txt',
    ownDirectories: ['/home/ada/.local/state/clawback', '/home/ada/.cache/clawback'],
    destinations: ['/mnt/nas/claw'],
    ...facts,
  };
}

/** The usual schedule, in a container. */
export function containerPlan(facts: Partial<ContainerPlan> = {}): ContainerPlan {
  return {
    instance: 'prod-1',
    timezone: 'Europe/Berlin',
    jitter: 300_000,
    jobs: planned({ backup: '17 * * * *', verify: '0 4 * * 0', prune: '30 4 * * *' }),
    image: 'registry.example.org/clawback:1',
    configFile: '/home/ada/.config/clawback/config.json5',
    environmentFile: '/home/ada/.config/clawback/clawback.env',
    identity: '/home/ada/.config/clawback/identity.txt',
    signingKey: '/home/ada/.config/clawback/signing-key.txt',
    stateDir: '/home/ada/.openclaw',
    destinations: [{ name: 'offsite', url: new URL('s3://bucket/claw?region=eu-central-1') }],
    ...facts,
  };
}

import { locate } from '../core/openclaw/locate.ts';
import { composeSidecar } from '../core/schedule/compose-sidecar.ts';
import { containerPlan } from '../core/schedule/container-plan.ts';
import { kubernetesManifests } from '../core/schedule/kubernetes.ts';
import type { Format } from '../core/schedule/plan.ts';
import type { SystemdScope } from '../core/schedule/systemd.ts';
import type { UnitFile } from '../ports/scheduler.ts';
import type { Context } from './context.ts';
import { environmentFile, requireFile, scheduleTexts } from './schedule-texts.ts';

export interface SchedulePrintOptions {
  readonly format: Format;
  readonly scope: SystemdScope;
  /** What containers run. */
  readonly image: string;
  readonly namespace: string;
  /** The claim that holds OpenClaw's state. */
  readonly claim: string;
}

export interface SchedulePrintResult {
  readonly format: Format;
  readonly files: readonly UnitFile[];
}

/** `node`, the user of OpenClaw's images. */
const NODE_USER = '1000:1000';

/** What an installation would write, or what a scheduler of containers is to be given. */
export async function schedulePrint(options: SchedulePrintOptions, context: Context): Promise<SchedulePrintResult> {
  return { format: options.format, files: await textsOf(options, context) };
}

async function textsOf(options: SchedulePrintOptions, context: Context): Promise<readonly UnitFile[]> {
  const { format, scope, image } = options;
  if (format !== 'kubernetes' && format !== 'compose') return scheduleTexts({ format, scope }, context);
  const config = requireFile(context);
  const plan = containerPlan(config, image, environmentFile(config));
  if (format === 'kubernetes') return [{ name: 'clawback.yaml', text: kubernetesManifests(plan, options) }];
  const { host } = context;
  const stateDir = config.stateDir ?? (await locate(host)).stateDir;
  const user = host.uid === 0 ? NODE_USER : `${host.uid}:${host.uid}`;
  return [{ name: 'clawback.yml', text: composeSidecar(plan, { stateDir, user }) }];
}

import type { Examination } from './doctor/examination.ts';
import { examine } from './doctor/examine.ts';
import { judgeBind } from './doctor/judge/bind.ts';
import { judgeConfig } from './doctor/judge/config.ts';
import { withLog } from './doctor/judge/log.ts';
import { judgePersistence } from './doctor/judge/persistence.ts';
import { judgePlace } from './doctor/judge/place.ts';
import { judgePort } from './doctor/judge/port.ts';
import { judgeProbe } from './doctor/judge/probe.ts';
import { judgeProcess } from './doctor/judge/process.ts';
import { judgeToken } from './doctor/judge/token.ts';
import { layersOf } from './doctor/layers.ts';
import { inOrder } from './doctor/order.ts';
import type { DoctorReport } from './doctor/report.ts';
import type { DoctorOptions, DoctorPorts } from './doctor/request.ts';

/**
 * Examines an installation, live or at rest, and says what is wrong with it, first what to mend first. Only looks: it changes
 * nothing, takes no lock, runs no `openclaw`, and opens a database in place only if a Gateway has it open.
 */
export async function doctor(options: DoctorOptions, ports: DoctorPorts): Promise<DoctorReport> {
  const began = ports.now();
  const seen = await examine(options, ports);
  const place = judgePlace(seen);
  const persistence = judgePersistence(seen);
  const token = judgeToken(seen);
  const bind = judgeBind(seen);
  const probe = judgeProbe(seen);
  const judged = [place, persistence, token, bind, probe].flatMap(({ findings }) => findings);
  const findings = inOrder(withLog([...judged, ...judgeProcess(seen), ...judgePort(seen), ...judgeConfig(seen)], seen));
  return {
    platform: platformReport(seen, options),
    facts: {
      stateDir: place.fact,
      persistence: persistence.fact,
      tokenSource: token.fact,
      bind: bind.fact,
      healthSignal: probe.fact,
    },
    layers: layersOf(findings, seen),
    findings,
    seconds: (ports.now() - began) / 1000,
  };
}

function platformReport({ platform, sightings }: Examination, options: DoctorOptions): DoctorReport['platform'] {
  const own = sightings.find((sighting) => sighting.platform === platform);
  return {
    name: platform.name,
    title: platform.title,
    confidence: options.platform === null ? (own?.confidence ?? 'weak') : 'given',
    evidence: options.platform === null ? (own?.seen ?? []) : ['--platform', ...(own?.seen ?? [])],
    stack: sightings.map(({ platform: { name }, confidence, seen }) => ({ name, confidence, evidence: seen })),
  };
}

import { existsSync, statfsSync } from 'node:fs';
import type { BootedGateway } from '../../ports/gateway.ts';
import type { Installation, TokenFacts } from '../archive/manifest.ts';
import { DEFAULT_PORT } from '../openclaw/port.ts';
import type { Check } from './report.ts';
import type { DrillSubject } from './subject.ts';

/** File systems whose content goes when the machine or container does: `linux/magic.h`. */
const FLEETING = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0x794c7630, 'overlay, a container layer'],
]);

/** Question 6: the deployment checklist, as far as a drill can see. */
export function checklist(subject: DrillSubject, gateway: BootedGateway | null): Check[] {
  const { installation, token } = subject.manifest;
  return [
    storage(installation),
    tokenSource(token, subject),
    ...(gateway === null ? [] : [listens(installation, gateway)]),
  ];
}

function storage({ stateDir }: Installation): Check {
  const about = { id: 'checklist-storage', title: 'the state directory is on storage that survives a reset' };
  if (!existsSync(stateDir)) return { ...about, status: 'unknown', evidence: `${stateDir} is not on this host` };
  const fleeting = FLEETING.get(statfsSync(stateDir).type);
  if (fleeting === undefined)
    return { ...about, status: 'ok', evidence: `${stateDir} is not in memory or a container layer` };
  const fix = 'mount a volume there, or move the state directory with OPENCLAW_STATE_DIR';
  return { ...about, status: 'warn', evidence: `${stateDir} is on ${fleeting}`, fix };
}

function tokenSource({ mode, winner }: TokenFacts, { manifest }: DrillSubject): Check {
  const about = { id: 'checklist-token', title: 'the gateway token will be there after a restore' };
  if (winner === null)
    return {
      ...about,
      status: mode === 'none' || mode === 'trusted-proxy' ? 'ok' : 'warn',
      evidence: `mode ${mode}, no source`,
    };
  const outside = manifest.environment.find(({ name, sealed }) => !sealed && winner.includes(name));
  if (outside === undefined) return { ...about, status: 'ok', evidence: `${winner}, which is in the snapshot` };
  const fix = "set environment: 'sealed' in the config of clawback, or keep the value elsewhere";
  return { ...about, status: 'warn', evidence: `${winner}, whose value is not in the snapshot`, fix };
}

function listens({ gatewayPort }: Installation, { port }: BootedGateway): Check {
  const expected = gatewayPort ?? DEFAULT_PORT;
  const about = { id: 'checklist-port', title: 'the gateway listens where the platform probes' };
  if (port === expected) return { ...about, status: 'ok', evidence: `port ${port}, as when the snapshot was taken` };
  const fix = `set gateway.port to ${expected}, or point the platform's probe at ${port}`;
  return {
    ...about,
    status: 'warn',
    evidence: `port ${port}, and it was ${expected} when the snapshot was taken`,
    fix,
  };
}

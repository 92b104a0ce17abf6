import { z } from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import type { StoredSnapshot } from '../snapshot-id.ts';
import type { DrillReport } from './report.ts';

/** A drill as it is remembered: what was found, and of which snapshot, when and where. It holds no secret. */
export interface DrillRecord extends Omit<DrillReport, 'snapshot'> {
  readonly snapshot: Pick<StoredSnapshot, 'key' | 'kind' | 'instance' | 'createdAt' | 'bytes'> & {
    readonly id: string;
  };
  /** When it began: ISO 8601, UTC. */
  readonly at: string;
  /** Name of the host that it was made on. */
  readonly host: string;
  readonly clawbackVersion: string;
}

const STATUS = z.enum(['ok', 'warn', 'fail', 'unknown']).catch('unknown');
const COUNTS = z.object({
  agents: z.number(),
  sessions: z.number(),
  messages: z.number(),
  cronJobs: z.number(),
  devices: z.number(),
  channels: z.number(),
  plugins: z.number(),
});

/** What every page about a drill relies on. A word that only a later release knows becomes `unknown`, a later field stays. */
const RECORD = z.looseObject({
  snapshot: z.looseObject({
    id: z.string(),
    key: z.string(),
    kind: z.string(),
    instance: z.string(),
    createdAt: z.string(),
    bytes: z.number(),
  }),
  verdict: z.enum(['pass', 'warn', 'fail', 'incomplete']),
  checks: z.array(
    z.looseObject({
      id: z.string(),
      status: STATUS,
      title: z.string(),
      evidence: z.string(),
      fix: z.string().optional(),
    }),
  ),
  token: z.looseObject({
    status: STATUS,
    mode: z.string(),
    winner: z.string().nullable(),
    sources: z.array(z.looseObject({ source: z.string(), present: z.boolean(), matches: z.boolean().nullable() })),
    lines: z.array(z.looseObject({ here: z.boolean(), platform: z.string(), text: z.string() })),
  }),
  devices: z.array(
    z.looseObject({
      deviceId: z.string(),
      name: z.string().nullable(),
      roles: z.array(z.string()),
      verdict: z
        .enum(['keeps', 'enter-token', 'approve-again', 'pair-again', 'revoke-again', 'unknown'])
        .catch('unknown'),
      reason: z.string(),
      fix: z.string().optional(),
    }),
  ),
  counts: z.looseObject({ expected: COUNTS, found: COUNTS }),
  todo: z.array(z.looseObject({ title: z.string(), command: z.string().optional() })),
  seconds: z.looseObject({ restore: z.number(), boot: z.number(), total: z.number() }),
  at: z.iso.datetime(),
  host: z.string(),
  clawbackVersion: z.string(),
});

/**
 * @param name of the record, for the message
 * @throws ClawbackError `INTEGRITY` if it is none that this release can show
 */
export function parseRecord(text: string, name: string): DrillRecord {
  try {
    return RECORD.parse(JSON.parse(text)) as unknown as DrillRecord;
  } catch (cause) {
    throw new ClawbackError('INTEGRITY', `${name} holds no record of a drill that this release can read`, { cause });
  }
}

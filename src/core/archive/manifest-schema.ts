import * as z from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import type { Manifest } from './manifest.ts';

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const totals = { entries: count, files: count, bytes: count };

const described = {
  instance: z.string(),
  createdAt: z.string(),
  clawbackVersion: z.string(),
  installation: z.object({
    openclawVersion: z.string().nullable(),
    stateDir: z.string(),
    configPath: z.string(),
    home: z.string(),
    layout: z.enum(['sqlite', 'mixed', 'json']),
    schema: z.object({ state: z.int().nullable(), agents: z.record(z.string(), z.int()) }),
    gatewayPort: z.int().nullable(),
    hostname: z.string(),
    platform: z.string(),
    arch: z.string(),
    nodeVersion: z.string(),
  }),
  roots: z.array(
    z.object({
      name: z.string().regex(/^[a-z0-9-]+$/),
      kind: z.enum(['state', 'config', 'include', 'agent', 'workspace', 'credentials', 'environment']),
      path: z.string().startsWith('/'),
      type: z.enum(['directory', 'file']),
    }),
  ),
  excluded: z.array(z.object({ path: z.string(), reason: z.string(), bytes: count })),
  environment: z.array(z.object({ name: z.string(), source: z.string().nullable(), sealed: z.boolean() })),
  token: z.object({
    mode: z.enum(['token', 'password', 'trusted-proxy', 'none']),
    winner: z.string().nullable(),
    fingerprint: z.string().nullable(),
    generation: z.string().nullable(),
  }),
  devices: z.array(
    z.object({
      deviceId: z.string(),
      name: z.string().nullable(),
      clientId: z.string().nullable(),
      clientMode: z.string().nullable(),
      platform: z.string().nullable(),
      roles: z.array(z.string()),
      scopes: z.array(z.string()),
      approvedVia: z.string().nullable(),
      pairedAt: z.string().nullable(),
      lastSeenAt: z.string().nullable(),
      tokens: z.array(z.object({ role: z.string(), generation: z.string().nullable(), revoked: z.boolean() })),
    }),
  ),
  counts: z.object({
    agents: count,
    sessions: count,
    messages: count,
    cronJobs: count,
    devices: count,
    channels: count,
    plugins: count,
  }),
  warnings: z.array(
    z.object({ path: z.string().exactOptional(), message: z.string(), severity: z.enum(['note', 'damage']) }),
  ),
  attachments: z.array(z.object({ path: z.string().startsWith('clawback/'), size: count, offset: count, sha256 })),
  files: z.object({
    ...totals,
    offset: count,
    pages: z.array(z.object({ first: z.string(), offset: count, length: count, sha256 })),
  }),
};

/** Unknown fields are kept out but allowed: a later minor release may add some. */
const manifestSchema = z.discriminatedUnion('format', [
  z.object({ format: z.literal(1), kind: z.literal('full'), ...described }),
  z.object({
    format: z.literal(2),
    kind: z.literal('differential'),
    ...described,
    base: z.object({ id: z.string(), digest: sha256, manifest: sha256 }),
    tree: z.object(totals),
  }),
]);

/**
 * @throws ClawbackError `INTEGRITY` if the bytes are no manifest; `FAILED` if a later Clawback wrote it.
 */
export function parseManifest(bytes: Buffer): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ClawbackError('INTEGRITY', 'the manifest is no JSON', { cause: error });
  }
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && format > 2) {
    throw new ClawbackError('FAILED', `the snapshot has format ${format}, and this Clawback knows 1 and 2`, {
      hint: 'install the current release: npm install -g clawback',
    });
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    throw new ClawbackError('INTEGRITY', `the manifest is not one of ours: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

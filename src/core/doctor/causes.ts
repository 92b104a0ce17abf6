import type { Layer } from './report.ts';

/** Why a Gateway does not start, or starts wrong, in the order in which a person should look: a cause before what it brings about. */
const TABLE = [
  { id: 'disk-full', layer: 'config', pattern: /ENOSPC|no space left on device|database or disk is full/i },
  { id: 'read-only', layer: 'config', pattern: /EROFS|readonly database|read-only file system/i },
  { id: 'owner', layer: 'config', pattern: /EACCES|EPERM|permission denied/i },
  {
    id: 'out-of-memory',
    layer: 'process',
    pattern: /heap out of memory|ENOMEM|Out of memory: Killed|oom-kill/i,
    afterReady: true,
  },
  {
    id: 'schema-newer',
    layer: 'config',
    pattern: /newer schema version|newer than this build|is older than the config last written/i,
  },
  {
    id: 'database-corrupt',
    layer: 'config',
    pattern: /disk image is malformed|file is not a database|SQLITE_(CORRUPT|NOTADB)/i,
  },
  { id: 'config-missing', layer: 'config', pattern: /^Missing config\b/ },
  { id: 'include-missing', layer: 'config', pattern: /Failed to read include file|Include file not found/i },
  { id: 'config-parse', layer: 'config', pattern: /JSON5?: invalid|Failed to parse config/i },
  { id: 'config-invalid', layer: 'config', pattern: /Invalid config at|Unrecognized key|missing gateway\.mode/i },
  { id: 'secret-missing', layer: 'config', pattern: /required secrets are unavailable|SECRETS_(PROVIDER_)?DEGRADED/ },
  { id: 'bind-without-auth', layer: 'bind', pattern: /Refusing to bind gateway to \S+ without auth/i },
  { id: 'token-missing', layer: 'facts', pattern: /no token was configured|auth token was missing/i, afterReady: true },
  {
    id: 'variable-missing',
    layer: 'config',
    pattern: /(?:Missing|\*\*\*) env var "|MissingEnvVarError/,
    afterReady: true,
  },
  {
    id: 'lock-held',
    layer: 'process',
    pattern: /owner lease is still active|another OpenClaw process owns|gateway already running/i,
  },
  { id: 'port-in-use', layer: 'port', pattern: /EADDRINUSE|Port \d+ is already in use/i },
] as const;

export type CauseId = (typeof TABLE)[number]['id'];

/** A cause that logs name. */
export interface Cause {
  readonly id: CauseId;
  readonly layer: Layer;
  /** What a line of a log says of it. */
  readonly pattern: RegExp;
  /** True if it matters although the Gateway became ready after all. */
  readonly afterReady?: true;
}

export const CAUSES: readonly Cause[] = TABLE;

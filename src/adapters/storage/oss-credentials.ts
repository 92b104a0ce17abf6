import { ClawbackError } from '../../ports/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface OssCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a temporary key, from the security token service. */
  readonly stsToken?: string;
}

/** By whom the variables are named: OSS's own tools, then all of Alibaba Cloud's. */
const VARIABLES = [
  { id: 'OSS_ACCESS_KEY_ID', secret: 'OSS_ACCESS_KEY_SECRET', token: 'OSS_SESSION_TOKEN' },
  {
    id: 'ALIBABA_CLOUD_ACCESS_KEY_ID',
    secret: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    token: 'ALIBABA_CLOUD_SECURITY_TOKEN',
  },
] as const;

/**
 * The key that the environment holds. ali-oss has no chain of its own.
 *
 * @throws ClawbackError `DENIED` if there is none.
 */
export function ossCredentials(env: Environment): OssCredentials {
  for (const names of VARIABLES) {
    const accessKeyId = env[names.id];
    const accessKeySecret = env[names.secret];
    const stsToken = env[names.token];
    if (accessKeyId === undefined || accessKeySecret === undefined) continue;
    return { accessKeyId, accessKeySecret, ...(stsToken !== undefined && { stsToken }) };
  }
  throw new ClawbackError('DENIED', 'no credentials for Alibaba Cloud OSS', {
    hint: 'set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN for a temporary key',
  });
}

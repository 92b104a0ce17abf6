import { ClawbackError } from '../../ports/errors.ts';
import { ossRoleCredentials } from './oss-role.ts';

export interface OssCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a temporary key, from the security token service. */
  readonly stsToken?: string;
}

export interface OssCredentialSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where an instance asks for the key of its role. */
  readonly metadata: string;
  /** Milliseconds that it may owe the answer. */
  readonly patience: number;
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
 * The key that the environment holds, or that of the RAM role of this instance, which `ALIBABA_CLOUD_ECS_METADATA` names; a
 * new one each time it is asked. ali-oss has no chain of its own.
 *
 * @throws ClawbackError `DENIED` if there is none.
 */
export async function ossCredentials(source: OssCredentialSource): Promise<OssCredentials> {
  const { env } = source;
  for (const names of VARIABLES) {
    const accessKeyId = env[names.id];
    const accessKeySecret = env[names.secret];
    const stsToken = env[names.token];
    if (accessKeyId === undefined || accessKeySecret === undefined) continue;
    return { accessKeyId, accessKeySecret, ...(stsToken !== undefined && { stsToken }) };
  }
  const role = env['ALIBABA_CLOUD_ECS_METADATA'];
  if (role !== undefined) return ossRoleCredentials(role, source);
  throw new ClawbackError('DENIED', 'no credentials for Alibaba Cloud OSS', {
    hint:
      'set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN for a temporary key; ' +
      'or ALIBABA_CLOUD_ECS_METADATA to the name of the role of this instance',
  });
}

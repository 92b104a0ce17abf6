import { z } from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import { patientRequest, shortBody } from './patient-request.ts';

/** Seconds that the pass to the metadata is good for: it is used at once. */
const PASS_LIFETIME = 60;

const KEY = z.object({ AccessKeyId: z.string(), AccessKeySecret: z.string(), SecurityToken: z.string() });

/**
 * A temporary key of the RAM role of this instance, from its metadata in the hardened mode.
 * https://www.alibabacloud.com/help/en/ecs/user-guide/attach-an-instance-ram-role-to-an-ecs-instance
 *
 * @throws ClawbackError `DENIED` if the instance has no such role, `UNAVAILABLE` if this is no instance.
 */
export async function ossRoleCredentials(
  role: string,
  { metadata, patience }: { readonly metadata: string; readonly patience: number },
): Promise<{ readonly accessKeyId: string; readonly accessKeySecret: string; readonly stsToken: string }> {
  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await patientRequest(new URL(path, metadata), { method, headers, patience, signal: undefined });
    const text = (await shortBody(answer, patience)).toString();
    if (answer.status === 200) return text;
    throw new ClawbackError('DENIED', `this instance gives no key for the role ${role}: status ${answer.status}`, {
      hint: 'attach the role to the instance, or mend its name in ALIBABA_CLOUD_ECS_METADATA',
    });
  };
  const lifetime = { 'x-aliyun-ecs-metadata-token-ttl-seconds': String(PASS_LIFETIME) };
  const pass = await ask('PUT', '/latest/api/token', lifetime);
  const path = `/latest/meta-data/ram/security-credentials/${encodeURIComponent(role)}`;
  const key = KEY.parse(JSON.parse(await ask('GET', path, { 'x-aliyun-ecs-metadata-token': pass })));
  return { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret, stsToken: key.SecurityToken };
}

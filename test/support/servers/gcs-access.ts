import { randomUUID } from 'node:crypto';
import type { Exchange } from './loopback.ts';
import { bodyOf } from './http-bodies.ts';
import { GcsError, sendJson } from './gcs-error.ts';

export type GcsPermission =
  | 'storage.buckets.get'
  | 'storage.objects.create'
  | 'storage.objects.delete'
  | 'storage.objects.get'
  | 'storage.objects.list';

export const ALL_PERMISSIONS: readonly GcsPermission[] = [
  'storage.buckets.get',
  'storage.objects.create',
  'storage.objects.delete',
  'storage.objects.get',
  'storage.objects.list',
];

const ACCOUNT = 'clawback@project.iam.gserviceaccount.com';

/** Who may do what: bearer tokens, and workload identities that are exchanged for them. */
export class GcsAccess {
  readonly #bearers = new Map<string, ReadonlySet<GcsPermission>>();
  readonly #workloads = new Map<string, ReadonlySet<GcsPermission>>();

  bearer(permissions: readonly GcsPermission[]): string {
    const token = `ya29.${randomUUID()}`;
    this.#bearers.set(token, new Set(permissions));
    return token;
  }

  /** A token that the security token service takes in exchange. */
  workload(permissions: readonly GcsPermission[]): string {
    const token = randomUUID();
    this.#workloads.set(token, new Set(permissions));
    return token;
  }

  /** What the bearer of this request may do. */
  permissionsOf({ request }: Exchange): ReadonlySet<GcsPermission> {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      throw new GcsError(401, 'required', 'Anonymous caller does not have storage access to the bucket.');
    }
    const permissions = this.#bearers.get(authorization.replace(/^Bearer /, ''));
    if (permissions === undefined) throw new GcsError(401, 'authError', 'Invalid Credentials');
    return permissions;
  }

  /** The token exchange of RFC 8693, as Google's security token service does it for workload identity federation. */
  async exchange({ request, response }: Exchange): Promise<void> {
    const form = new URLSearchParams((await bodyOf(request)).toString());
    const permissions = this.#workloads.get(form.get('subject_token') ?? '');
    const isExchange = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:token-exchange';
    if (permissions === undefined || !isExchange) {
      const text = JSON.stringify({ error: 'invalid_grant', error_description: 'The subject token is not accepted.' });
      response.writeHead(400, { 'content-type': 'application/json' }).end(text);
      return;
    }
    sendJson(response, {
      access_token: this.bearer([...permissions]),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    });
  }
}

export function demand(held: ReadonlySet<GcsPermission>, permission: GcsPermission): void {
  if (held.has(permission)) return;
  throw new GcsError(
    403,
    'forbidden',
    `${ACCOUNT} does not have ${permission} access to the Google Cloud Storage object. ` +
      `Permission '${permission}' denied on resource (or it may not exist).`,
  );
}

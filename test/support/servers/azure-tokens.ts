import { text } from 'node:stream/consumers';
import { type Exchange, loopback, type Loopback } from './loopback.ts';

export interface AzureTokens extends Loopback {
  /** The one workload, principal and managed identity that there is. */
  readonly client: string;
  readonly tenant: string;
  readonly secret: string;
  /** What Kubernetes would have put into the pod. */
  readonly assertion: string;
  /** What an app shows to the service beside it. */
  readonly header: string;
}

/**
 * A fixture of the places where Azure gives tokens, as Microsoft documents them; not its code: the login service (client
 * credentials with a secret or a federated token), the endpoint of App Service, and the metadata of a machine. The tokens are
 * not signed, but otherwise as Azurite wants them.
 */
export async function startAzureTokens(): Promise<AzureTokens> {
  const known = {
    client: crypto.randomUUID(),
    tenant: crypto.randomUUID(),
    secret: crypto.randomUUID(),
    assertion: `federated-${crypto.randomUUID()}`,
    header: crypto.randomUUID(),
  };
  const server = await loopback(async (exchange) => {
    const { request, response, url } = exchange;
    const isLogin = request.method === 'POST' && url.pathname === `/${known.tenant}/oauth2/v2.0/token`;
    const isRight = isLogin ? isClient(await text(request), known) : isManaged(exchange, known);
    if (!isRight) {
      const description = 'AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1\r\nTimestamp: now';
      response.writeHead(401).end(JSON.stringify({ error: 'invalid_client', error_description: description }));
      return;
    }
    const until = Math.floor(Date.now() / 1000) + 3600;
    const life = isLogin ? { expires_in: 3600 } : { expires_in: '3600', expires_on: String(until) };
    response.end(JSON.stringify({ token_type: 'Bearer', access_token: bearer(known.tenant, until), ...life }));
  });
  return { ...server, ...known };
}

type Known = Omit<AzureTokens, keyof Loopback>;

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
function isClient(body: string, { client, secret, assertion }: Known): boolean {
  const form = new URLSearchParams(body);
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const isProven =
    form.get('client_secret') === secret ||
    (form.get('client_assertion') === assertion && form.get('client_assertion_type') === type);
  const isAsked =
    form.get('grant_type') === 'client_credentials' && form.get('scope') === 'https://storage.azure.com/.default';
  return isProven && isAsked && form.get('client_id') === client;
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token and its like for apps */
function isManaged({ request, url }: Exchange, { header, client }: Known): boolean {
  const asked = url.searchParams;
  const which = asked.get('client_id');
  if (asked.get('resource') !== 'https://storage.azure.com' || (which !== null && which !== client)) return false;
  const version = asked.get('api-version');
  if (url.pathname === '/msi/token') return version === '2019-08-01' && request.headers['x-identity-header'] === header;
  const isMachine = url.pathname === '/metadata/identity/oauth2/token' && version === '2018-02-01';
  return isMachine && request.headers['metadata'] === 'true';
}

function bearer(tenant: string, until: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const life = { iat: until - 3600, nbf: until - 3600, exp: until };
  const claims = { aud: 'https://storage.azure.com', iss: `https://sts.windows.net/${tenant}/`, ...life };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('unsigned').toString('base64url')}`;
}

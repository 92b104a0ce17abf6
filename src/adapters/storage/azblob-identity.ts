import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import { patientRequest, shortBody } from './patient-request.ts';

const RESOURCE = 'https://storage.azure.com';
const AUTHORITY = 'https://login.microsoftonline.com';
/** Milliseconds; the metadata of a machine answer at once, or there are none. */
const METADATA_PATIENCE_MS = 3000;

/** What the SDK asks for a token; it keeps each as long as it is good. */
interface TokenCredential {
  getToken(): Promise<{ readonly token: string; /** Milliseconds since 1970. */ readonly expiresOnTimestamp: number }>;
}

export interface AzureIdentity {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a machine asks for a token of its managed identity. */
  readonly metadata: string;
  /** Milliseconds that a server may owe an answer. */
  readonly patience: number;
}

interface TokenRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A form to be posted; without it, the token is got. */
  readonly form?: Readonly<Record<string, string>>;
  readonly patience: number;
}

const TOKEN = z.object({
  access_token: z.string(),
  /** Seconds from now; one of the services gives it as text. */
  expires_in: z.coerce.number().optional(),
  /** Seconds since 1970. */
  expires_on: z.coerce.number().optional(),
});

/**
 * What this host is to Azure, named as Azure's own libraries name it: a workload with a federated token (AKS), a service
 * principal with a secret, or the managed identity of the app or of the machine. `@azure/identity` would bring some forty
 * packages for these four requests.
 */
export function azureIdentity(identity: AzureIdentity): TokenCredential {
  return {
    async getToken() {
      const request = await tokenRequest(identity);
      const { access_token: token, expires_in: lasts = 0, expires_on: until } = await ask(request);
      const now = performance.timeOrigin + performance.now();
      return { token, expiresOnTimestamp: until === undefined ? now + lasts * 1000 : until * 1000 };
    },
  };
}

async function tokenRequest({ env, metadata, patience }: AzureIdentity): Promise<TokenRequest> {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client } = env;
  const { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_SECRET: secret } = env;
  if (tenant !== undefined && client !== undefined && (file !== undefined || secret !== undefined)) {
    const authority = (env['AZURE_AUTHORITY_HOST'] ?? AUTHORITY).replace(/\/$/, '');
    const proof = file === undefined ? { client_secret: secret ?? '' } : await assertionIn(file);
    return {
      url: new URL(`${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      form: { grant_type: 'client_credentials', client_id: client, scope: `${RESOURCE}/.default`, ...proof },
      patience,
    };
  }
  const which = client === undefined ? {} : { client_id: client };
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = env;
  if (endpoint !== undefined && header !== undefined) {
    const query = new URLSearchParams({ 'api-version': '2019-08-01', resource: RESOURCE, ...which });
    return { url: new URL(`${endpoint}?${query.toString()}`), headers: { 'x-identity-header': header }, patience };
  }
  const query = new URLSearchParams({ 'api-version': '2018-02-01', resource: RESOURCE, ...which });
  return {
    url: new URL(`/metadata/identity/oauth2/token?${query.toString()}`, metadata),
    headers: { metadata: 'true' },
    patience: METADATA_PATIENCE_MS,
  };
}

/** Read anew each time: Kubernetes replaces it before it ends. */
async function assertionIn(file: string): Promise<Readonly<Record<string, string>>> {
  const assertion = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ClawbackError('DENIED', `cannot read the token in ${file}`, {
      cause: error,
      hint: 'see AZURE_FEDERATED_TOKEN_FILE, and whether the workload identity is set up for this pod',
    });
  });
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion.trim(),
  };
}

async function ask({ url, headers, form, patience }: TokenRequest): Promise<z.infer<typeof TOKEN>> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const method = form === undefined ? 'GET' : 'POST';
  const answer = await patientRequest(url, { method, headers, body, patience, signal: undefined }).catch(
    (error: unknown) => {
      throw form === undefined ? noIdentity(error) : error;
    },
  );
  const text = (await shortBody(answer, patience)).toString();
  if (answer.status === 200) return TOKEN.parse(JSON.parse(text));
  if (answer.status === 429 || answer.status >= 500) {
    throw new ClawbackError('UNAVAILABLE', `${url.host} gives no token now: status ${answer.status}`);
  }
  throw new ClawbackError('DENIED', `${url.host} gives no token: ${reasonIn(text) ?? `status ${answer.status}`}`, {
    hint: 'see AZURE_TENANT_ID, AZURE_CLIENT_ID and what proves them, or the identity that is assigned to this machine',
  });
}

/** What Microsoft says, without the lines that hold the number of the request and the time. */
function reasonIn(text: string): string | undefined {
  const parsed = z.object({ error_description: z.string() }).safeParse(parse(text));
  return parsed.data?.error_description.split(/[\r\n]/)[0]?.replace(/\.$/, '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Nobody answers where a machine's metadata would be: this is none of Azure's, and has no other credentials either. */
function noIdentity(error: unknown): ClawbackError {
  return new ClawbackError('DENIED', 'no credentials for Azure Blob Storage', {
    cause: error,
    hint:
      'set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN; or AZURE_TENANT_ID, AZURE_CLIENT_ID ' +
      'and AZURE_FEDERATED_TOKEN_FILE or AZURE_CLIENT_SECRET; or run on a machine with a managed identity',
  });
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Root, TokenFacts, Warning } from '../archive/manifest.ts';
import type { Facts } from '../archive/pack.ts';
import type { OpenClawConfig } from '../openclaw/config.ts';
import { encodeEnvironment } from '../openclaw/dotenv.ts';
import { type EnvironmentContract, namesOnly } from '../openclaw/environment.ts';
import type { Host } from '../openclaw/host.ts';
import { type Inventory, inventory } from '../openclaw/inventory.ts';
import type { Located } from '../openclaw/locate.ts';
import { gatewayPort } from '../openclaw/port.ts';
import { resolveToken, tokenFacts } from '../openclaw/token.ts';
import type { Capture } from './capture.ts';

/** The installation as it was understood before its files were read. */
export interface Understood {
  readonly located: Located;
  readonly config: OpenClawConfig;
  readonly roots: readonly Root[];
  readonly environment: EnvironmentContract;
  readonly warnings: readonly Warning[];
}

export interface FactsRequest {
  readonly instance: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly createdAt: string;
  readonly clawbackVersion: string;
  readonly environment: 'sealed' | 'names';
  readonly host: Host;
}

/** What the manifest says of an installation; and the variables to seal beside it. */
export interface Gathered {
  readonly facts: Facts;
  readonly environment: string | null;
}

/** To be called before an installation is captured; what it gives, once it has been. */
export function gatherFacts(request: FactsRequest, understood: Understood, capture: Capture): () => Promise<Gathered> {
  // It is hashed in another thread, by a hash that is made to take its time: meanwhile files are captured.
  const token = tokenOf(understood, capture);
  const counted = capture.settled.then(() => count(understood, capture));
  // Whoever waits for them hears of a failure.
  token.catch(() => undefined);
  counted.catch(() => undefined);
  return async () => factsOf({ ...request, token: await token, counted: await counted }, understood, capture);
}

async function tokenOf(understood: Understood, { copies }: Capture): Promise<TokenFacts> {
  const { located, config, environment } = understood;
  const database = (await copies.expect(join(located.stateDir, 'state', 'openclaw.sqlite'))) ?? undefined;
  return tokenFacts(await resolveToken({ located, config, environment, database }), randomBytes(16));
}

function count({ located, config }: Understood, { copies, transcripts }: Capture): Promise<Inventory> {
  return inventory({
    stateDir: located.stateDir,
    config: config.value,
    database: (path) => copies.of(join(path.startsWith('/') ? '' : located.stateDir, path)),
    messages: (path) => transcripts.messages(path),
  });
}

function factsOf(
  request: FactsRequest & { readonly token: TokenFacts; readonly counted: Inventory },
  understood: Understood,
  capture: Capture,
): Gathered {
  const { located, config, roots } = understood;
  const { host, token, counted } = request;
  const contract = request.environment === 'sealed' ? understood.environment : namesOnly(understood.environment);
  const facts: Facts = {
    format: 1,
    kind: 'full',
    instance: request.instance,
    createdAt: request.createdAt,
    clawbackVersion: request.clawbackVersion,
    installation: {
      openclawVersion: counted.openclawVersion,
      stateDir: located.stateDir,
      configPath: located.configPath,
      home: located.home,
      layout: counted.layout,
      schema: counted.schema,
      gatewayPort: gatewayPort(config.value),
      hostname: host.hostname,
      platform: host.platform,
      arch: host.arch,
      nodeVersion: host.nodeVersion,
    },
    roots,
    excluded: capture.excluded,
    environment: contract.variables,
    token,
    devices: counted.devices,
    counts: counted.counts,
    warnings: [
      ...understood.warnings,
      ...capture.warnings,
      ...counted.problems.map((message): Warning => ({ message, severity: 'damage' })),
    ],
  };
  const environment = Object.keys(contract.values).length === 0 ? null : encodeEnvironment(contract.values);
  return { facts, environment };
}

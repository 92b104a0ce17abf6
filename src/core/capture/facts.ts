import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Root, Warning } from '../archive/manifest.ts';
import type { Facts } from '../archive/pack.ts';
import type { OpenClawConfig } from '../openclaw/config.ts';
import { encodeEnvironment } from '../openclaw/dotenv.ts';
import { type EnvironmentContract, namesOnly } from '../openclaw/environment.ts';
import type { Host } from '../openclaw/host.ts';
import { inventory } from '../openclaw/inventory.ts';
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

/** What the manifest says of an installation, once its capture has ended; and the variables to seal beside it. */
export async function factsOf(
  request: FactsRequest,
  understood: Understood,
  capture: Capture,
): Promise<{ facts: Facts; environment: string | null }> {
  const { located, config, roots } = understood;
  const { host } = request;
  const database = capture.copies.of(join(located.stateDir, 'state', 'openclaw.sqlite')) ?? undefined;
  // The token is hashed in another thread, by a hash that is made to take its time: meanwhile all else is counted.
  const [token, counted] = await Promise.all([
    resolveToken({ located, config, environment: understood.environment, database }).then((resolved) =>
      tokenFacts(resolved, randomBytes(16)),
    ),
    inventory({
      stateDir: located.stateDir,
      config: config.value,
      database: (path) => capture.copies.of(join(path.startsWith('/') ? '' : located.stateDir, path)),
    }),
  ]);
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

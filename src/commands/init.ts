import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { composeConfig } from '../core/config/compose.ts';
import type { Destination } from '../core/config/config.ts';
import { instanceFrom, parseInstance, type InstanceName } from '../core/config/instance.ts';
import { newIdentities, type NewIdentities } from '../core/keys/new-identities.ts';
import { parseRecipients } from '../core/keys/recipients.ts';
import { writeSecretFile } from '../core/keys/secret-file.ts';
import { formatSigningFile } from '../core/keys/signing-file.ts';
import { generateSigningSecret, publicKeyOf, type SigningSecret } from '../core/keys/signing.ts';
import { locate } from '../core/openclaw/locate.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { checkDestinations, nameDestinations, refuseWithin } from './init-destinations.ts';

export interface InitOptions {
  /** Locations, each a URL, a path, or `name=` and one of them. At least one. */
  readonly destinations: readonly string[];
  /** Age recipients; empty makes an identity for this host and one for the recovery kit. */
  readonly recipients: readonly string[];
  /** Default: made from the host's name. */
  readonly instance?: string | undefined;
  /** Default: where OpenClaw resolves it. */
  readonly stateDir?: string | undefined;
  readonly postQuantum: boolean;
}

export interface InitResult {
  readonly config: string;
  readonly instance: string;
  readonly stateDir: string;
  readonly destinations: readonly { readonly name: string; readonly location: string }[];
  readonly recipients: readonly string[];
  /** Path of this host's identity file; null if recipients were given. */
  readonly identity: string | null;
  readonly signingKey: string;
  /** The public half of the signing key. */
  readonly signer: string;
  /** Path of the recovery kit; null if recipients were given. */
  readonly kit: string | null;
}

interface Plan {
  readonly instance: InstanceName;
  readonly stateDir: string;
  readonly destinations: readonly Destination[];
  readonly signing: SigningSecret;
}

/** Sets an instance up: keys first, the config that names them last; what fails half way leaves nothing behind. */
export async function init(options: InitOptions, context: Context): Promise<InitResult> {
  const { configFile } = context.paths;
  refuseSecond(configFile);
  const { stateDir } = await locate(context.host, options.stateDir);
  refuseWithin(stateDir, configFile, 'the config file');
  const plan: Plan = {
    instance: options.instance === undefined ? instanceFrom(context.host.hostname) : parseInstance(options.instance),
    stateDir,
    destinations: nameDestinations(options.destinations, context),
    signing: generateSigningSecret(),
  };
  await checkDestinations(plan, context);
  const made =
    options.recipients.length > 0
      ? null
      : await newIdentities({
          instance: plan.instance,
          createdAt: context.now().toISOString(),
          kind: options.postQuantum ? 'hybrid' : 'x25519',
          signer: publicKeyOf(plan.signing),
          destinations: plan.destinations,
        });
  const recipients =
    made?.recipients ?? parseRecipients(options.recipients).map((recipient) => ({ recipient, note: 'given to init' }));
  return write({ plan, made, recipients }, context);
}

interface Writing {
  readonly plan: Plan;
  readonly made: NewIdentities | null;
  readonly recipients: NewIdentities['recipients'];
}

async function write({ plan, made, recipients }: Writing, context: Context): Promise<InitResult> {
  const { configFile } = context.paths;
  const beside = (name: string) => join(dirname(configFile), name);
  const files = {
    signingKey: beside('signing-key.txt'),
    identity: made === null ? null : beside('identity.txt'),
    kit: made === null ? null : beside('recovery-kit.txt'),
  };
  const { instance, stateDir, destinations } = plan;
  await writeTogether([
    [files.signingKey, formatSigningFile(plan.signing, context.now().toISOString())],
    ...(made === null
      ? []
      : [[beside('identity.txt'), made.identityFile] as const, [beside('recovery-kit.txt'), made.kit] as const]),
    [configFile, composeConfig({ instance, stateDir, recipients, identity: files.identity, destinations })],
  ]);
  return {
    config: configFile,
    instance,
    stateDir,
    destinations: destinations.map(({ name, url }) => ({ name, location: url.href })),
    recipients: recipients.map(({ recipient }) => recipient),
    signer: publicKeyOf(plan.signing),
    ...files,
  };
}

/** Writes every file, or removes again those that it wrote. */
async function writeTogether(files: readonly (readonly [path: string, text: string])[]): Promise<void> {
  await using undo = new AsyncDisposableStack();
  for (const [path, text] of files) {
    await writeSecretFile(path, text);
    undo.defer(() => rm(path));
  }
  // All are there: the undo moves to a stack that nobody disposes.
  undo.move();
}

function refuseSecond(configFile: string): void {
  if (existsSync(configFile)) {
    throw new ClawbackError('EXISTS', `there is a config already: ${configFile}`, {
      hint: 'edit it, use clawback key add for another recipient, or choose another file with --config',
    });
  }
}

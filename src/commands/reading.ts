import { type HeldSnapshot, isAway } from '../core/catalog.ts';
import { openWhole } from '../core/open-held.ts';
import type { Keyring } from '../core/archive/header.ts';
import type { Snapshot } from '../core/archive/snapshot.ts';
import type { Trust } from '../core/archive/trust.ts';
import { parseLocation } from '../core/config/location.ts';
import type { IdentityFile } from '../core/keys/identity-file.ts';
import { recipientOf } from '../core/keys/identity.ts';
import type { Kit } from '../core/keys/kit-file.ts';
import type { Recipient } from '../core/keys/recipients.ts';
import { parseSignerKey, type SignerKey } from '../core/keys/signer-key.ts';
import { publicKeyOf } from '../core/keys/signing.ts';
import type { Destination } from '../core/publish.ts';
import { selectSnapshot } from '../core/snapshot-id.ts';
import { ClawbackError } from '../ports/errors.ts';
import { type Context, requireConfig } from './context.ts';
import { destinationsFor, readCatalog } from './destinations.ts';
import { loadIdentities, loadKit } from './identities.ts';
import { loadSigningSecret } from './signing-key.ts';

/** Options of every command that opens snapshots. */
export interface ReadOptions {
  /** Read from this location instead of the config's destinations. */
  readonly from?: string | undefined;
  readonly identity?: string | undefined;
  /** Read with what this recovery kit says, and with nothing of the config. */
  readonly kit?: string | undefined;
  readonly signer?: string | undefined;
  readonly allowUnsigned?: boolean | undefined;
}

/** What a command reads snapshots with. */
export interface Reading {
  readonly destinations: readonly Destination[];
  /** Null means every instance, as when a fresh host knows nothing but a location. */
  readonly instance: string | null;
  /** Null on a host that can only write. */
  readonly keyring: Keyring | null;
  readonly trust: Trust;
  /** Who may open what is written about the snapshots, besides those whom the config names. */
  readonly recipients: readonly Recipient[];
}

/**
 * @throws ClawbackError `CONFIG` if there is neither a location nor a kit nor a config.
 */
export async function prepareReading(options: ReadOptions, context: Context): Promise<Reading> {
  if (options.kit !== undefined) return readingWith(await loadKit(options.kit, context), options, context);
  const destinations = await destinationsFor(options.from, context);
  const identities = await loadIdentities(options.identity, context);
  return {
    destinations,
    instance: options.from === undefined ? requireConfig(context).instance : null,
    keyring: identities === null ? null : { identities: identities.identities },
    trust: { signers: await signersFor(options, identities, context), allowUnsigned: options.allowUnsigned === true },
    recipients: options.from === undefined ? [] : await Promise.all((identities?.identities ?? []).map(recipientOf)),
  };
}

/** What a recovery kit alone gives. */
async function readingWith(kit: Kit, { signer, allowUnsigned }: ReadOptions, context: Context): Promise<Reading> {
  const base = { home: context.host.home, directory: context.paths.workingDirectory };
  const destinations = kit.destinations.map(async ({ name, location }) => ({
    name,
    storage: await context.openStorage(parseLocation(location, base)),
  }));
  return {
    destinations: await Promise.all(destinations),
    instance: kit.instance,
    keyring: { identities: kit.identities },
    trust: {
      signers: [...kit.signers, ...(signer === undefined ? [] : [parseSignerKey(signer)])],
      allowUnsigned: allowUnsigned === true,
    },
    recipients: kit.recipients,
  };
}

/**
 * The snapshot that a command line names.
 *
 * @throws ClawbackError `NOT_FOUND`; `USAGE` if `latest` could mean several instances.
 */
export async function findSnapshot(
  wanted: string,
  reading: Pick<Reading, 'destinations' | 'instance'>,
  context: Context,
): Promise<HeldSnapshot> {
  const { snapshots } = await readCatalog(reading, context);
  const instances = [...new Set(snapshots.map(({ instance }) => instance))].sort();
  if (wanted === 'latest' && instances.length > 1) {
    throw new ClawbackError('USAGE', `the latest snapshot of which instance: ${instances.join(', ')}?`, {
      hint: 'give a snapshot id; clawback list --from shows them',
    });
  }
  return selectSnapshot(snapshots, wanted);
}

/** Finds and opens a snapshot, from the nearest destination that has it, and hands it over. */
export async function withSnapshot<T>(
  wanted: string,
  { options, context }: { readonly options: ReadOptions; readonly context: Context },
  use: (opened: Snapshot, held: HeldSnapshot) => Promise<T>,
): Promise<T> {
  return readSnapshot(wanted, { reading: await prepareReading(options, context), context }, use);
}

/** The same for a command that opens several: what opens them is read, and a passphrase asked for, once. */
export async function readSnapshot<T>(
  wanted: string,
  { reading, context }: { readonly reading: Reading; readonly context: Context },
  use: (opened: Snapshot, held: HeldSnapshot) => Promise<T>,
): Promise<T> {
  const held = await findSnapshot(wanted, reading, context);
  const opened = await openWhole(held, {
    keyring: reading.keyring ?? { identities: [] },
    trust: reading.trust,
    signal: context.signal,
    onLeave: ({ name }, error) => {
      const trouble = isAway(error) ? 'broke off' : 'has a copy that is not sound';
      context.warn(`${name} ${trouble}, the next destination goes on: ${error.message}`);
    },
  });
  return use(opened, held);
}

/** Everybody this host has a reason to trust: named on the command line, in the identity file, in the config, or itself. */
async function signersFor(
  { signer }: ReadOptions,
  identities: IdentityFile | null,
  context: Context,
): Promise<SignerKey[]> {
  const { config } = context;
  const own = config === null ? null : await loadSigningSecret(config).catch(() => null);
  const named = signer === undefined ? [] : [parseSignerKey(signer)];
  const all = [
    ...named,
    ...(identities?.signers ?? []),
    ...(config?.signers ?? []),
    ...(own === null ? [] : [publicKeyOf(own)]),
  ];
  return [...new Set(all)];
}

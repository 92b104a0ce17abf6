/**
 * The manifest: what one snapshot holds and what it was taken from. `docs/format.md` is its specification.
 *
 * It names every captured path only through {@link Page}s of the file list, so that reading it costs the same for a
 * snapshot of ten files and of a million; each page's hash stands here, hence one signature covers everything.
 */
export interface Manifest {
  /** 2 for a differential snapshot, so that whoever knows only full ones says so. */
  readonly format: 1 | 2;
  readonly kind: 'full' | 'differential';
  /** Set for a differential one. */
  readonly base?: Base;
  readonly instance: string;
  /** When the capture began, ISO 8601 in UTC with whole seconds; the same instant stands in the snapshot id. */
  readonly createdAt: string;
  readonly clawbackVersion: string;
  readonly installation: Installation;
  readonly roots: readonly Root[];
  readonly excluded: readonly Excluded[];
  readonly environment: readonly EnvironmentVariable[];
  readonly token: TokenFacts;
  readonly devices: readonly Device[];
  readonly counts: Counts;
  readonly warnings: readonly Warning[];
  /** Clawback's own files in the archive, besides the list, the manifest and its signature. */
  readonly attachments: readonly Attachment[];
  /** The list of all entries; in a differential snapshot, of what is not as in its base. */
  readonly files: FileList;
  /** Set for a differential snapshot: what it restores to, base included. */
  readonly tree?: Totals;
}

/** The full snapshot that a differential one goes with. */
export interface Base {
  readonly id: string;
  /** SHA-256 of its sealed bytes, hex. */
  readonly digest: string;
  /** SHA-256 of its `clawback/manifest.json`, hex: so the signature of the differential one covers its base. */
  readonly manifest: string;
}

/** How much a snapshot restores to. */
export function totalsOf({ files, tree }: Manifest): Totals {
  return tree ?? files;
}

/** Such as `clawback/README.txt`, `clawback/environment.env`, `clawback/canary.json`, or the changed blocks of a database. */
export interface Attachment {
  readonly path: string;
  /** Size in bytes, and where the content starts in the tar. */
  readonly size: number;
  readonly offset: number;
  readonly sha256: string;
}

/** What is known of the OpenClaw that the snapshot was taken from. */
export interface Installation {
  /** As the state itself records it (database, else configuration), since the binary may be absent or newer. */
  readonly openclawVersion: string | null;
  /** Absolute path of the state directory on the captured host. */
  readonly stateDir: string;
  readonly configPath: string;
  readonly home: string;
  /** `sqlite`: 2026.7 and later. `mixed`: control database, JSON devices (2026.6). `json`: before the move to SQLite. */
  readonly layout: 'sqlite' | 'mixed' | 'json';
  /** `PRAGMA user_version` of the control database, and of each agent's. */
  readonly schema: { readonly state: number | null; readonly agents: Readonly<Record<string, number>> };
  readonly gatewayPort: number | null;
  readonly hostname: string;
  readonly platform: string;
  readonly arch: string;
  readonly nodeVersion: string;
}

/** A captured tree or file. Its entries stand in the archive under `payload/<name>`. */
export interface Root {
  /** `state`, or a name made of the kind and a counter, such as `workspace-1`: one path segment. */
  readonly name: string;
  readonly kind: 'state' | 'config' | 'include' | 'agent' | 'workspace' | 'credentials' | 'environment';
  /** Absolute path on the captured host. */
  readonly path: string;
  readonly type: 'directory' | 'file';
}

/** Something that was seen and left out. */
export interface Excluded {
  /** Root name and relative path: `state/logs`. */
  readonly path: string;
  readonly reason: string;
  readonly bytes: number;
}

/** A variable that the installation depends on; its value, if sealed, is in `clawback/environment.env`. */
export interface EnvironmentVariable {
  readonly name: string;
  /** Where the value was found: `gateway process`, `process`, `state .env`, `systemd unit …`, `compose .env …`; null if nowhere. */
  readonly source: string | null;
  /** True if the value is in the snapshot (sealed, or within a captured `.env`). */
  readonly sealed: boolean;
}

/** The Gateway's shared secret, as far as it may be known without knowing it. */
export interface TokenFacts {
  readonly mode: 'token' | 'password' | 'trusted-proxy' | 'none';
  /** The source that wins: `config literal`, `environment OPENCLAW_GATEWAY_TOKEN`, `secret file`, …; null if there is none. */
  readonly winner: string | null;
  /** Salted scrypt of the secret, `scrypt:<logN>:<salt base64url>:<hash base64url>`; null if the value was not found. */
  readonly fingerprint: string | null;
  /** OpenClaw's own fingerprint, base64url(SHA-256(mode, NUL, secret)), which browser device tokens embed. */
  readonly generation: string | null;
}

/** A paired device or node, as the control database (or `paired.json`) has it; never a token. */
export interface Device {
  readonly deviceId: string;
  readonly name: string | null;
  readonly clientId: string | null;
  readonly clientMode: string | null;
  readonly platform: string | null;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly approvedVia: string | null;
  /** ISO 8601; null if not recorded. */
  readonly pairedAt: string | null;
  readonly lastSeenAt: string | null;
  /** One per role token that the device holds; `generation` is set for tokens that die with the shared secret. */
  readonly tokens: readonly { readonly role: string; readonly generation: string | null; readonly revoked: boolean }[];
}

export interface Counts {
  readonly agents: number;
  readonly sessions: number;
  readonly messages: number;
  readonly cronJobs: number;
  readonly devices: number;
  readonly channels: number;
  readonly plugins: number;
}

export interface Warning {
  /** Root name and relative path, where one path is meant. */
  readonly path?: string;
  readonly message: string;
  /** `note`: nothing lost. `damage`: what was captured is not whole, so the snapshot never counts as good. */
  readonly severity: 'note' | 'damage';
}

export interface Totals {
  /** Entries of every type. */
  readonly entries: number;
  /** Regular files, and the sum of their sizes in bytes. */
  readonly files: number;
  readonly bytes: number;
}

export interface FileList extends Totals {
  /** Where the content of `clawback/files.jsonl` starts, in bytes of the tar. */
  readonly offset: number;
  readonly pages: readonly Page[];
}

/** A slice of `clawback/files.jsonl`: entries in ascending order of path (UTF-16 code units), one JSON object a line. */
export interface Page {
  /** Path of the first entry. */
  readonly first: string;
  /** Where the slice starts within `clawback/files.jsonl`, and its length, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** SHA-256 of the slice, hex. */
  readonly sha256: string;
}

/** Names of Clawback's own entries in the archive. */
export const README_PATH = 'clawback/README.txt';
export const ENVIRONMENT_PATH = 'clawback/environment.env';
export const CANARY_PATH = 'clawback/canary.json';
export const FILES_PATH = 'clawback/files.jsonl';
export const MANIFEST_PATH = 'clawback/manifest.json';
export const SIGNATURE_PATH = 'clawback/manifest.sig';

/** Everything captured stands below this directory of the archive. */
export const PAYLOAD = 'payload/';

/** One path of the snapshot: a line of `clawback/files.jsonl`. */
export type Entry = FileEntry | DirectoryEntry | SymlinkEntry;

/** A line of the list of a differential snapshot: an entry that is not as in the base, or one that is gone. */
export type Listed = Entry | RemovedEntry;

export interface RemovedEntry {
  readonly type: 'removed';
  readonly path: string;
}

interface EntryBase {
  /** Path in the archive without the leading `payload/`: root name, then relative path with `/`. */
  readonly path: string;
  /** Permission bits, as a number. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

export type FileEntry = StoredFile | DerivedFile;

interface FileBase extends EntryBase {
  readonly type: 'file';
  readonly size: number;
  readonly sha256: string;
  /** Set for a database captured through SQLite: its `user_version` and what `PRAGMA integrity_check` said. */
  readonly sqlite?: { readonly userVersion: number; readonly integrity: 'ok' | 'damaged' };
}

export interface StoredFile extends FileBase {
  /** Where the content starts, in bytes of the tar. */
  readonly offset: number;
}

/** A file of a differential snapshot whose content is that of a file of the base, but for some blocks. */
export interface DerivedFile extends FileBase {
  /** Path of the file in the base. */
  readonly from: string;
  readonly blocks?: ChangedBlocks;
}

/**
 * Blocks that are not those of the file of the base, which is cut to the size of this one; all that lie beyond its end are
 * among them. The last block of a file may be shorter than the others.
 */
export interface ChangedBlocks {
  /** Size of a block in bytes. */
  readonly size: number;
  /** Where the changed blocks stand one after the other, in bytes of the tar. */
  readonly offset: number;
  /** First block and number of blocks of each run, in ascending order; between two runs there is at least one block. */
  readonly runs: readonly (readonly [start: number, count: number])[];
}

export interface DirectoryEntry extends EntryBase {
  readonly type: 'directory';
}

export interface SymlinkEntry extends EntryBase {
  readonly type: 'symlink';
  readonly target: string;
  /** True if it leads out of its root: recorded by the capture, and made at restore only because the signature covers it. */
  readonly outside: boolean;
}

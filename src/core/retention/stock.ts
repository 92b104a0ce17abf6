import type { Storage } from '../../ports/storage.ts';
import { numberOf } from '../numbered.ts';
import type { Candidate } from '../retention.ts';
import { parseKey, type StoredSnapshot } from '../snapshot-id.ts';
import { statusPrefix } from '../status/document.ts';
import { parseTagKey, type Tag } from '../tags.ts';

export type StoredCandidate = Candidate & StoredSnapshot;

/** Everything that one destination has of one instance. */
export interface Stock {
  readonly instance: string;
  readonly snapshots: readonly StoredCandidate[];
  readonly tags: readonly Tag[];
  /** Keys of status objects and of drill records, oldest first. */
  readonly status: readonly string[];
  readonly drills: readonly string[];
  /** How many keys are none that Clawback makes: nobody but their owner touches them. */
  readonly foreign: number;
}

const DRILL = /^[^/]+\/drills\/\d{8}T\d{6}Z-[0-9a-f]{16}\.json\.age$/;
const LEASE = /^[^/]+\/lease\/\d{8}\.json$/;

export async function takeStock(storage: Storage, instance: string, signal: AbortSignal): Promise<Stock> {
  const found: StoredSnapshot[] = [];
  const [tags, status, drills]: [Tag[], string[], string[]] = [[], [], []];
  let foreign = 0;
  for await (const { key, size } of storage.list(`${instance}/`, { signal })) {
    const snapshot = parseKey(key, size);
    const tag = parseTagKey(key);
    if (snapshot !== null) found.push(snapshot);
    else if (tag !== null) tags.push(tag);
    else if (numberOf(statusPrefix(instance), key) !== null) status.push(key);
    else if (DRILL.test(key)) drills.push(key);
    else if (!LEASE.test(key)) foreign += 1;
  }
  const tagsOf = Map.groupBy(tags, (tag) => tag.snapshot);
  const snapshots = found.map((each) => ({ ...each, tags: (tagsOf.get(each.id) ?? []).map(({ tag }) => tag) }));
  return { instance, snapshots, tags, status, drills, foreign };
}

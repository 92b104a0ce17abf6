import type { GcsBucket } from './gcs-bucket.ts';

const PAGE = 1000;

/** One page of `objects.list`, in the order of the names' bytes. */
export function listPage(bucket: GcsBucket, query: URLSearchParams): Record<string, unknown> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(Number(query.get('maxResults') ?? PAGE), PAGE);
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64').toString();
  const items: unknown[] = [];
  const prefixes = new Set<string>();
  let last = '';
  for (const [key, { resource }] of [...bucket.objects].sort(([a], [b]) => Buffer.compare(bytes(a), bytes(b)))) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (!key.startsWith(prefix) || (after !== '' && Buffer.compare(bytes(name), bytes(after)) <= 0)) continue;
    if (!prefixes.has(name)) {
      if (items.length + prefixes.size === limit) {
        return {
          kind: 'storage#objects',
          items,
          prefixes: [...prefixes],
          nextPageToken: bytes(last).toString('base64'),
        };
      }
      if (cut < 0) items.push(resource);
      else prefixes.add(name);
    }
    last = name;
  }
  return {
    kind: 'storage#objects',
    ...(items.length > 0 && { items }),
    ...(prefixes.size > 0 && { prefixes: [...prefixes] }),
  };
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

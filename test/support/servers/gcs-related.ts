import type { GcsClaims } from './gcs-bucket.ts';
import { GcsError } from './gcs-error.ts';

/** The two parts of a `multipart/related` upload: the object's resource as JSON, then its bytes. */
export function parseRelated(
  body: Buffer,
  contentType: string,
): { readonly claims: GcsClaims; readonly content: Buffer } {
  const boundary = /^multipart\/related;.*boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new GcsError(400, 'badRequest', 'Missing multipart boundary.');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const framed = Buffer.concat([Buffer.from('\r\n'), body]);
  const [first, second, third] = positions(framed, delimiter);
  if (first !== 0 || second === undefined || third === undefined) {
    throw new GcsError(400, 'badRequest', 'Malformed multipart body.');
  }
  const part = (from: number, to: number): { readonly head: string; readonly bytes: Buffer } => {
    const start = framed.indexOf('\r\n\r\n', from + delimiter.length);
    if (start < 0 || start > to) throw new GcsError(400, 'badRequest', 'Malformed multipart body.');
    return { head: framed.subarray(from, start).toString(), bytes: framed.subarray(start + 4, to) };
  };
  if (framed.subarray(third + delimiter.length, third + delimiter.length + 2).toString() !== '--') {
    throw new GcsError(400, 'badRequest', 'More than two parts.');
  }
  const metadata = part(first, second);
  const media = part(second, third);
  const type = /^content-type: *(.+?)\r?$/im.exec(media.head)?.[1] ?? 'application/octet-stream';
  const claims = JSON.parse(metadata.bytes.toString()) as GcsClaims;
  return { claims: { contentType: type, ...claims }, content: media.bytes };
}

function positions(haystack: Buffer, needle: Buffer): number[] {
  const found: number[] = [];
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + needle.length)) found.push(at);
  return found;
}

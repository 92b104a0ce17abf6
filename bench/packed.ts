import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from '../test/support/packed.ts';

/** Below `node_modules`, from where the package finds what it depends on. */
const DIRECTORY = fileURLToPath(new URL('../node_modules/.bench', import.meta.url));

/** The launcher of the package as it would be published. The sources of a checkout start more slowly. */
export async function packedLauncher(): Promise<string> {
  await rm(DIRECTORY, { recursive: true, force: true });
  execFileSync('tar', ['-xzf', await pack(DIRECTORY), '-C', DIRECTORY]);
  return join(DIRECTORY, 'package/bin/clawback.js');
}

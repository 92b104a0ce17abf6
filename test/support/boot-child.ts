/**
 * Boots a muted Gateway in a process of its own, which can be killed: `node boot-child.ts '<BootRequest as JSON>'`. Prints
 * the port when it is ready, or the code of the error, and then waits to be killed.
 */
import { mutedBooter } from '../../src/adapters/gateway/muted.ts';
import { ClawbackError } from '../../src/ports/errors.ts';
import type { BootRequest } from '../../src/ports/gateway.ts';

const request = JSON.parse(process.argv[2] ?? '') as BootRequest;
try {
  const gateway = await mutedBooter({ path: process.env['PATH'] ?? '' }).boot(request, new AbortController().signal);
  console.log(`uid ${process.getuid?.() ?? ''} booted on ${gateway.port}`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof ClawbackError ? `${error.code} ${error.message} (${error.hint ?? ''})` : String(error));
}

import { request as send } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { loopback, type Loopback } from './loopback.ts';

/** Stands before a real server, so that faults can be put between it and its clients. */
export async function relayTo(origin: string): Promise<Loopback> {
  return loopback(async ({ request, response }) => {
    const { method, headers } = request;
    const { promise, resolve, reject } = Promise.withResolvers();
    const onward = send(
      new URL(request.url ?? '/', origin),
      { ...(method !== undefined && { method }), headers },
      (answer) => {
        // Who answers before it has been told everything may never take the rest, and then nobody may wait behind that.
        const ending = request.complete ? {} : { connection: 'close' };
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...ending });
        pipeline(answer, response).then(resolve, reject);
      },
    );
    onward.on('error', reject);
    await Promise.all([pipeline(request, onward), promise]);
  });
}

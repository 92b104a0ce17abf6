// Waits so many seconds until the Gateway on a port is ready, lets itself in with the token in TOKEN, and prints its cron jobs and devices.
import { setTimeout as sleep } from 'node:timers/promises';
import { backendConnection } from './openclaw.ts';

const port = Number(process.argv[2]);
const deadline = AbortSignal.timeout(Number(process.argv[3]) * 1000);
let ready: unknown;
while ((ready as { ready?: boolean } | undefined)?.ready !== true) {
  deadline.throwIfAborted();
  await sleep(200);
  ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.json(),
    () => undefined,
  );
}
using connection = await backendConnection({ port, token: process.env['TOKEN'] ?? '' });
const [cron, devices] = [await connection.call('cron.list', {}), await connection.call('device.pair.list', {})];
console.log(JSON.stringify({ ready, cron, devices }));

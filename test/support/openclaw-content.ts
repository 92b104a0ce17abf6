import { randomBytes } from 'node:crypto';
import { backendConnection, type Gateway } from './openclaw.ts';

/** The default agent's main session; every installation has it once something was said. */
export const MAIN_SESSION = 'agent:main:main';

/** Adds a job that would run every hour; gives its id. */
export async function addCronJob(gateway: Gateway, name: string): Promise<string> {
  const job = await gateway.call('cron.add', {
    name,
    schedule: { kind: 'cron', expr: '0 * * * *', tz: 'UTC' },
    sessionTarget: 'main',
    wakeMode: 'next-heartbeat',
    payload: { kind: 'systemEvent', text: `reminder: ${name}` },
  });
  return (job as { id: string }).id;
}

/** Makes a session; gives its key. */
export async function createSession(gateway: Gateway, key: string): Promise<string> {
  const session = await gateway.call('sessions.create', { key });
  return (session as { key: string }).key;
}

/** Appends an assistant message to a session's transcript; no model is asked. */
export async function inject(gateway: Gateway, sessionKey: string, message: string): Promise<void> {
  await gateway.call('chat.inject', { sessionKey, message });
}

/** Someone who talks without pause; the messages begin with `message 0 `, `message 1 ` and so on. */
export interface Load extends AsyncDisposable {
  /** Messages that the Gateway has confirmed as written. */
  readonly acknowledged: number;
}

/** Appends messages of about this size to one session, one after the other, until disposed. */
export async function load(gateway: Gateway, sessionKey: string, bytes = 960): Promise<Load> {
  const connection = await backendConnection(gateway, new AbortController().signal);
  let acknowledged = 0;
  const stopped = new AbortController();
  const talk = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      // Random, or the Gateway would compress it to almost nothing.
      const noise = randomBytes(bytes / 2).toString('hex');
      await connection.call('chat.inject', { sessionKey, message: `message ${acknowledged} ${noise}` });
      acknowledged += 1;
    }
  };
  const talking = talk();
  // A failure is reported when the load is disposed.
  talking.catch(() => undefined);
  return {
    get acknowledged() {
      return acknowledged;
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await talking.finally(() => {
        connection[Symbol.dispose]();
      });
    },
  };
}

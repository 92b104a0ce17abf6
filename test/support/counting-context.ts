import { Readable, Writable } from 'node:stream';
import { conversation } from '../../src/cli/conversation.ts';
import { makeContext } from '../../src/cli/context.ts';
import type { Context } from '../../src/commands/context.ts';
import { noSignals } from '../../src/ports/signals.ts';
import { type CountingStorage, countingStorage } from './counting-storage.ts';

/** What commands get in a home that `clawback init` has set up, with every storage they open counted. */
export async function countingContext(home: string): Promise<{ context: Context; opened: readonly CountingStorage[] }> {
  const nowhere = new Writable({
    write(_piece, _encoding, done) {
      done();
    },
  });
  const streams = { stdin: Readable.from([]), stdout: nowhere, stderr: nowhere, signals: noSignals };
  const surroundings = { argv: [], env: { HOME: home }, cwd: home, ...streams };
  const request = { configFile: undefined, readConfig: true, signal: new AbortController().signal };
  const talk = conversation(surroundings, { quiet: true, progress: undefined });
  const context = await makeContext(request, surroundings, talk);
  const opened: CountingStorage[] = [];
  const openStorage: Context['openStorage'] = async (location) => {
    const storage = countingStorage(await context.openStorage(location));
    opened.push(storage);
    return storage;
  };
  return { context: { ...context, openStorage }, opened };
}

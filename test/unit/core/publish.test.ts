import { expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { publish } from '../../../src/core/publish.ts';
import { Spool } from '../../../src/core/spool.ts';
import { ClawbackError } from '../../../src/ports/errors.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { each } from '../../support/snapshots.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const NEVER = new AbortController().signal;

async function spoolWith(workDir: string, ...contents: string[]): Promise<Spool> {
  const spool = await Spool.open(workDir, 'prod');
  for (const [index, content] of contents.entries()) {
    await spool.add(each([Buffer.from(content)]), { createdAt: `2026-11-22T20:34:0${index}Z`, signal: NEVER });
  }
  return spool;
}

/** As with credentials that may put and list, and nothing else. */
function writeOnly(storage: Storage): Storage {
  const denied = (): Promise<never> => Promise.reject(new ClawbackError('DENIED', 'access denied'));
  return {
    location: storage.location,
    put: (key, body, options) => storage.put(key, body, options),
    list: (prefix, options) => storage.list(prefix, options),
    get: denied,
    delete: denied,
  };
}

test('credentials that may neither read nor delete are enough to deliver, also what is there already', async () => {
  await using work = await temporaryDirectory();
  const storage = memoryStorage();
  const destinations = [{ name: 'vault', storage: writeOnly(storage) }];
  const first = await publish(await spoolWith(work.path, 'one'), destinations, NEVER);
  expect(first).toMatchObject([{ ok: true, error: null }]);
  const again = await publish(await spoolWith(work.path, 'one', 'two'), destinations, NEVER);
  expect(again).toMatchObject([{ ok: true, error: null }]);
  expect(await Array.fromAsync(storage.list(''))).toHaveLength(2);
  expect(await (await Spool.open(work.path, 'prod')).waiting()).toEqual([]);
});

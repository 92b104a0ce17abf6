import { pathToFileURL } from 'node:url';
import { counting } from '../../src/adapters/storage/counting.ts';
import { fileStorage } from '../../src/adapters/storage/file.ts';
import { memoryStorage } from '../../src/adapters/storage/memory.ts';
import { retrying } from '../../src/adapters/storage/retrying.ts';
import { faulty } from '../support/faulty.ts';
import { halfWritten } from '../support/half-written.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { storageContract } from './storage-contract.ts';

storageContract('memory://', () =>
  Promise.resolve({ storage: memoryStorage(), [Symbol.asyncDispose]: () => Promise.resolve() }),
);

storageContract('retrying(faulty(memory://))', () => {
  const faults = { fails: ({ count }: { count: number }) => count % 3 === 1 };
  const storage = retrying(faulty(memoryStorage(), faults), { retries: 9, first: 1, longest: 2, random: Math.random });
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => Promise.resolve() });
});

storageContract('counting(memory://)', () => {
  const storage = counting(memoryStorage(), () => undefined);
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => Promise.resolve() });
});

storageContract('file://', async () => {
  const { path, [Symbol.asyncDispose]: dispose } = await temporaryDirectory();
  return {
    storage: fileStorage(pathToFileURL(path)),
    litter: halfWritten(path),
    [Symbol.asyncDispose]: dispose,
  };
});

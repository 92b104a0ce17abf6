import { pathToFileURL } from 'node:url';
import { fileStorage } from '../../src/adapters/storage/file.ts';
import { memoryStorage } from '../../src/adapters/storage/memory.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { storageContract } from './storage-contract.ts';

storageContract('memory://', () =>
  Promise.resolve({ storage: memoryStorage(), [Symbol.asyncDispose]: () => Promise.resolve() }),
);

storageContract('file://', async () => {
  const { path, [Symbol.asyncDispose]: dispose } = await temporaryDirectory();
  return { storage: fileStorage(pathToFileURL(path)), [Symbol.asyncDispose]: dispose };
});

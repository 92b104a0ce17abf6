import { afterAll, beforeAll } from 'vitest';
import { sftpStorage } from '../../src/adapters/storage/sftp.ts';
import { type Sshd, startSshd } from '../support/servers/sshd.ts';
import { storageContract } from './storage-contract.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(async () => sshd[Symbol.asyncDispose]());

storageContract('sftp://', async () => {
  const url = new URL(`sftp://${sshd.user}@127.0.0.1:${sshd.port}${await sshd.directory()}`);
  const storage = sftpStorage(url, { env: {}, home: sshd.home });
  return { storage, [Symbol.asyncDispose]: () => Promise.resolve() };
});

import { parseLocation } from '../core/config/location.ts';
import { checkStorage, type StorageCheckReport } from '../core/storage-check.ts';
import type { Context } from './context.ts';

export interface StorageCheckOptions {
  /** A URL, or the path of a directory. */
  readonly location: string;
}

/** Asks a storage, config or not, whether it keeps the contract that backups rest on. */
export async function storageCheck(options: StorageCheckOptions, context: Context): Promise<StorageCheckReport> {
  const base = { home: context.host.home, directory: context.paths.workingDirectory };
  const location = parseLocation(options.location, base);
  const storage = await context.openStorage(location);
  const task = context.progress.start('checking the storage', null);
  const ports = {
    now: () => context.now().getTime(),
    serverTime: () => context.serverTime(location),
    onStep: task.label.bind(task),
  };
  try {
    return await checkStorage(storage, ports, context.signal);
  } finally {
    task.end();
  }
}

import { parseKey } from '../core/snapshot-id.ts';
import type { Progress, ProgressTask } from '../ports/progress.ts';
import type { Sent } from '../ports/storage.ts';
import type { Context } from './context.ts';

interface Upload {
  readonly key: string;
  readonly task: ProgressTask;
  done: number;
}

/** Shows what each destination has been sent of the snapshot that it is being sent; disposing ends what has not arrived. */
export class UploadProgress implements Disposable {
  readonly #progress: Progress;
  readonly #uploads = new Map<string, Upload>();

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** A context whose storages tell how far their puts are. */
  watching(context: Context): Context {
    const { config, openStorage } = context;
    const nameOf = ({ href }: URL): string => config?.destinations.find(({ url }) => url.href === href)?.name ?? href;
    return { ...context, openStorage: (location) => openStorage(location, this.#to(nameOf(location))) };
  }

  /** To be told how far the puts to a destination are; it takes one after the other. */
  #to(destination: string): (sent: Sent) => void {
    return ({ key, bytes, total }) => {
      let upload = this.#uploads.get(destination);
      if (upload?.key !== key) {
        upload?.task.end();
        const label = `sending ${parseKey(key, total)?.id ?? key} to ${destination}`;
        upload = { key, task: this.#progress.start(label, total), done: 0 };
        this.#uploads.set(destination, upload);
      }
      upload.done += bytes;
      upload.task.advance(bytes);
      if (upload.done >= total) upload.task.end();
    };
  }

  [Symbol.dispose](): void {
    for (const { task } of this.#uploads.values()) task.end();
  }
}

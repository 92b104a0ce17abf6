import type { ServerResponse } from 'node:http';
import type { Exchange, Fault } from './loopback.ts';

/** Bytes of a request's body that are taken before the connection is reset. */
const TAKEN = 256 * 1024;

/** Answers this many requests that they shall come again in two seconds, then lets all pass. */
export function storm(times = Infinity, status = 503): Fault {
  let left = times;
  return ({ request, response }) => {
    if (left-- <= 0) return false;
    request.resume();
    response.writeHead(status, { 'content-length': 0, 'retry-after': '2' }).end();
    return true;
  };
}

/** Resets this many connections in the middle of a part, then lets all pass. */
export function cutUploads(times = Infinity): Fault {
  let left = times;
  return async ({ request }) => {
    if (Number(request.headers['content-length'] ?? 0) <= TAKEN || left-- <= 0) return false;
    let taken = 0;
    for await (const piece of request as AsyncIterable<Buffer>) if ((taken += piece.length) > TAKEN) break;
    request.socket.resetAndDestroy();
    return true;
  };
}

/** Goes away after ten bytes of every download. */
export function truncatedDownload({ response }: Exchange): boolean {
  afterTenBytes(response, () => response.destroy());
  return false;
}

/** Sends ten bytes of every download, and then nothing, for ever. */
export function stalledDownload({ response }: Exchange): boolean {
  afterTenBytes(response, () => undefined);
  return false;
}

/** Sends every download by drops of ten bytes, never silent for long, for ever. */
export function dribbledDownload({ response }: Exchange): boolean {
  const write = response.write.bind(response);
  let timer: NodeJS.Timeout | undefined;
  Object.assign(response, {
    write(piece: Buffer): boolean {
      let at = 0;
      timer ??= setInterval(() => write(piece.subarray(at, (at += 10))), 100);
      return true;
    },
    end: () => undefined,
  });
  response.on('close', () => {
    clearInterval(timer);
  });
  return false;
}

/** Lets so many bytes of all downloads together pass, and resets the connection of whoever wants more. */
export function cutDownloadsAfter(bytes: number): Fault {
  let left = bytes;
  return ({ request, response }) => {
    if (request.method !== 'GET') return false;
    const write = response.write.bind(response);
    Object.assign(response, {
      write(piece: Buffer): boolean {
        const passing = piece.subarray(0, Math.max(0, left));
        left -= piece.length;
        return left >= 0 ? write(piece) : write(passing, () => response.destroy());
      },
    });
    return false;
  };
}

/** Never answers. */
export function silence(): boolean {
  return true;
}

function afterTenBytes(response: ServerResponse, then: () => void): void {
  const write = response.write.bind(response);
  let isOver = false;
  Object.assign(response, {
    write(piece: Buffer): boolean {
      if (!isOver) write(piece.subarray(0, 10), then);
      isOver = true;
      return true;
    },
    end: () => undefined,
  });
}

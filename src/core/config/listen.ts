import { ClawbackError } from '../../ports/errors.ts';
import type { ListenAddress } from './config.ts';

/**
 * `127.0.0.1:9178`, `[::1]:9178`, or a port alone, which is this host's own loopback.
 *
 * @throws ClawbackError `CONFIG` for anything else.
 */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):)?(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new ClawbackError('CONFIG', `not an address to listen on: "${text}"`, {
      hint: 'write host:port, such as 127.0.0.1:9178',
    });
  }
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
}

import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { freePort } from '../openclaw.ts';
import { temporaryDirectory } from '../temporary.ts';
import { startDaemon } from './daemon.ts';

export interface Azurite extends AsyncDisposable {
  readonly account: string;
  /** Base64. */
  readonly key: string;
  /** `http://127.0.0.1:port`, or `https:`. */
  readonly origin: string;
  /** The origin, and the account. */
  readonly endpoint: string;
}

export interface AzuriteTls {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
}

/**
 * Microsoft's own emulator of Azure Blob Storage, which checks signatures and conditions; with TLS also tokens, by issuer,
 * audience and time.
 */
export async function startAzurite(tls?: AzuriteTls): Promise<Azurite> {
  const directory = await temporaryDirectory();
  const account = 'clawbacktest';
  const key = randomBytes(64).toString('base64');
  const port = await freePort();
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const options = ['--silent', '--disableTelemetry', '--blobHost', '127.0.0.1', '--blobPort', String(port)];
  // The SDK speaks a newer version of the protocol than this Azurite knows.
  const secure = tls === undefined ? [] : ['--oauth', 'basic', '--cert', tls.cert, '--key', tls.key];
  const words = [script, ...options, ...secure, '--skipApiVersionCheck', '--location', directory.path];
  const daemon = await startDaemon('env', [`AZURITE_ACCOUNTS=${account}:${key}`, process.execPath, ...words], port);
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    account,
    key,
    origin,
    endpoint: `${origin}/${account}`,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

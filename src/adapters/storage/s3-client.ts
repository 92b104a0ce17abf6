import type { Agent } from 'node:http';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { BucketLocation } from './bucket-location.ts';
import { endpointIn } from './endpoint.ts';
import { isAws, presetFor } from './s3-presets.ts';

export interface S3Options {
  /** Milliseconds that the service may owe an answer; default 60,000. */
  readonly patience?: number;
  /** How to reach an endpoint that no DNS knows. */
  readonly httpAgent?: Agent;
  /** Instead of the SDK's own chain (environment, profile, role). */
  readonly credentials?: S3ClientConfig['credentials'];
}

/** Milliseconds that a service may owe an answer, where nobody says otherwise. */
export const PATIENCE_MS = 60_000;
const CONNECT_MS = 10_000;

/**
 * A client for the bucket that a location names, by its options `region`, `endpoint` and `pathStyle`.
 *
 * @throws ClawbackError `CONFIG` if the endpoint is no URL.
 */
export async function s3Client({ options }: BucketLocation, use: S3Options): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const address = endpointIn(options);
  const endpoint = address === null ? null : new URL(address);
  const preset = endpoint === null ? null : presetFor(endpoint);
  const region = options.get('region') ?? preset?.region;
  const pathStyle = options.get('pathStyle');
  // What others make of the checksums that the SDK adds by itself ranges from refusing them to storing their framing as data.
  const checksums = isAws(endpoint) ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  return new S3Client({
    ...(region === null || region === undefined ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint: endpoint.href }),
    forcePathStyle: pathStyle === null ? (preset?.pathStyle ?? false) : pathStyle === 'true',
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    // Parts are sent again by the upload, and requests by the retrying storage: one place decides.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: use.patience ?? PATIENCE_MS,
      ...(use.httpAgent === undefined ? {} : { httpAgent: use.httpAgent }),
    },
    ...(use.credentials === undefined ? {} : { credentials: use.credentials }),
  });
}

import type { BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob';
import { ClawbackError } from '../../ports/errors.ts';
import { azureIdentity } from './azblob-identity.ts';

export interface AzblobAccount {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the URL; the environment names it otherwise. */
  readonly account: string | null;
  /** Of the account, from the URL; Azure's public cloud otherwise. */
  readonly endpoint: string | null;
  /** Where a machine asks for a token of its managed identity. */
  readonly metadata: string;
  /** Milliseconds that a server may owe an answer. */
  readonly patience: number;
}

/**
 * A client with what the environment holds, named as Azure's own command line names it: a connection string, or the account
 * with its key or with a shared access signature; else with what this host is to Azure.
 *
 * @throws ClawbackError `CONFIG` if nothing says which account is meant.
 */
export async function azblobClient(
  { env, account: given, endpoint, metadata, patience }: AzblobAccount,
  pipeline: StoragePipelineOptions,
): Promise<BlobServiceClient> {
  const sdk = await import('@azure/storage-blob');
  const connection = env['AZURE_STORAGE_CONNECTION_STRING'];
  if (connection !== undefined) return sdk.BlobServiceClient.fromConnectionString(connection, pipeline);
  const account = given ?? env['AZURE_STORAGE_ACCOUNT'];
  if (account === undefined) {
    throw new ClawbackError('CONFIG', 'no storage account for azblob://', {
      hint: 'set AZURE_STORAGE_ACCOUNT, or say it: azblob://container/prefix?account=NAME',
    });
  }
  const url = endpoint ?? `https://${account}.blob.core.windows.net`;
  const key = env['AZURE_STORAGE_KEY'];
  if (key !== undefined) {
    return new sdk.BlobServiceClient(url, new sdk.StorageSharedKeyCredential(account, key), pipeline);
  }
  const sas = env['AZURE_STORAGE_SAS_TOKEN'];
  if (sas !== undefined) {
    return new sdk.BlobServiceClient(`${url}?${sas.replace(/^\?/, '')}`, new sdk.AnonymousCredential(), pipeline);
  }
  return new sdk.BlobServiceClient(url, azureIdentity({ env, metadata, patience }), pipeline);
}

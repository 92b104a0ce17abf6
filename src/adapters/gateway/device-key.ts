import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** What makes a device the same device: an Ed25519 key. The Gateway knows it by the hash of the public half. */
export interface DeviceKey {
  readonly privateKeyPem: string;
}

export function createDeviceKey(): DeviceKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Hex SHA-256 of the raw public key, as in `device_pairing_paired.device_id`. */
export function deviceIdOf(key: DeviceKey): string {
  return createHash('sha256')
    .update(rawPublicKey(createPrivateKey(key.privateKeyPem)))
    .digest('hex');
}

/** The fields that a device signs to prove, against one challenge, that it holds its key. */
export interface DeviceClaim {
  readonly clientId: string;
  readonly clientMode: string;
  readonly platform: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** The shared or device token of the same request; empty if there is none. */
  readonly token: string;
  readonly nonce: string;
  /** Milliseconds since 1970, by the Gateway's own clock: it takes no proof more than two minutes off. */
  readonly signedAt: number;
}

/** The `device` parameter of `connect`, signature version 3. */
export function proveDevice(key: DeviceKey, claim: DeviceClaim): Record<string, unknown> {
  const privateKey = createPrivateKey(key.privateKeyPem);
  const id = deviceIdOf(key);
  const { clientId, clientMode, role, signedAt, token, nonce } = claim;
  const family = '';
  const signed = ['v3', id, clientId, clientMode, role, claim.scopes.join(','), signedAt, token, nonce];
  const payload = [...signed, claim.platform.toLowerCase(), family].join('|');
  return {
    id,
    publicKey: rawPublicKey(privateKey).toString('base64url'),
    signature: sign(null, Buffer.from(payload), privateKey).toString('base64url'),
    signedAt,
    nonce,
  };
}

function rawPublicKey(key: KeyObject): Buffer {
  // The SPKI form of an Ed25519 key ends with its 32 bytes.
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32);
}

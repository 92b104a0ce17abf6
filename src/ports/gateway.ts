/** Boots the real OpenClaw on a copy of a state directory so that nothing it does can leave the machine. */
export interface GatewayBooter {
  /**
   * Boots muted, or not at all.
   *
   * @throws ClawbackError `CANNOT_MUTE` if this host allows no private namespaces; `CANNOT_BOOT` if OpenClaw is not installed;
   *   `GATEWAY_DIED` if it exits or is not ready in time (the message ends with the last log lines, secrets masked).
   */
  boot(request: BootRequest, signal: AbortSignal): Promise<BootedGateway>;
}

/**
 * `namespaces`: private ones, in which nothing but the copies and programs exists, and no network but loopback. `rehearsal`: none
 * are needed, and the copies must have been prepared for it: moved to paths of their own, and rid of every secret.
 */
export type Muting = 'namespaces' | 'rehearsal';

export interface BootRequest {
  readonly muting: Muting;
  /** What appears where: each copy is bound over the path it was captured from. Empty for a rehearsal. */
  readonly mounts: readonly { readonly copy: string; readonly at: string }[];
  /** The state directory, home and configuration as the booted Gateway shall see them (paths of `mounts[].at`). */
  readonly stateDir: string;
  readonly home: string;
  readonly configPath: string;
  /** Variables the configuration needs, by name. The booter adds its own muting ones and nothing from this host. */
  readonly environment: Readonly<Record<string, string>>;
  /** A private directory (0700) for temporary files and logs; the caller removes it. */
  readonly scratch: string;
  /** A command (a path or a name on PATH) to run instead of the `openclaw` that is installed. */
  readonly command?: string | undefined;
  /** Milliseconds to wait for readiness; default 120,000. */
  readonly patience?: number | undefined;
}

/** A Gateway that runs muted; disposing stops it, waits until every process of it is gone, and unmounts. */
export interface BootedGateway extends AsyncDisposable {
  readonly openclawVersion: string;
  /** TCP port on loopback; in namespaces, on their own. */
  readonly port: number;
  /** Milliseconds from start to ready. */
  readonly readyAfter: number;
  /** The JSON that its readiness probe answered. */
  readonly probe: unknown;
  /** What it has said so far, secrets masked; of a long log the end. */
  log(): Promise<string>;
  connect(attempt: ConnectAttempt): Promise<ConnectResult>;
  /**
   * Asks one question over the Gateway's own WebSocket protocol, as its loopback backend client.
   *
   * @throws ClawbackError `FAILED` with the Gateway's error code and message.
   */
  call(method: string, params: unknown, secret: GatewaySecret): Promise<unknown>;
}

export interface GatewaySecret {
  readonly mode: 'token' | 'password' | 'none';
  readonly value: string;
}

export interface ConnectAttempt {
  /** Null to bring nothing but what `device` has. */
  readonly secret: GatewaySecret | null;
  /** The device to connect as; absent for a program on the Gateway's own machine, which needs no pairing. */
  readonly device?: DeviceLogin | undefined;
}

/** How OpenClaw tells devices apart: by what they say they are. */
export type DeviceKind = 'ui' | 'cli' | 'app' | 'node' | 'canary';

/** Everything that a paired device has of its own. A secret. */
export interface DeviceLogin {
  readonly kind: DeviceKind;
  /** Its Ed25519 key, PKCS #8 in PEM. */
  readonly privateKeyPem: string;
  /** The token that the Gateway once issued to it; used only if no shared secret is brought. */
  readonly deviceToken?: string | undefined;
  /** Further headers of the request that opens the WebSocket, such as those of a browser or a reverse proxy. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What people see it called. */
  readonly displayName?: string | undefined;
}

export type ConnectResult =
  /** `deviceToken` is the one that the Gateway issued to the device, if it did. A secret. */
  | { readonly outcome: 'connected'; readonly scopes: readonly string[]; readonly deviceToken?: string | undefined }
  /**
   * `code` is the Gateway's `details.code`, such as AUTH_TOKEN_MISMATCH or PAIRING_REQUIRED; `requestId` names the request that a
   * person would have to approve.
   */
  | {
      readonly outcome: 'refused';
      readonly code: string;
      readonly message: string;
      readonly requestId?: string | undefined;
    };

/** A Gateway that serves people. */
export interface LiveGateway {
  /** Makes a key for a device that is to be paired. */
  newDevice(): DeviceIdentity;
  /**
   * Connects once and hangs up.
   *
   * @param url `ws://127.0.0.1:18789`
   * @throws ClawbackError `UNAVAILABLE` if nothing answers there.
   */
  connect(url: string, attempt: ConnectAttempt): Promise<ConnectResult>;
}

export interface DeviceIdentity {
  /** Hex SHA-256 of the raw public key. */
  readonly deviceId: string;
  /** A secret. */
  readonly privateKeyPem: string;
}

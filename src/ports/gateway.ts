/** Boots the real OpenClaw on a copy of a state directory so that nothing it does can leave the machine. */
export interface GatewayBooter {
  /**
   * Boots muted, or not at all.
   *
   * @throws ClawbackError `CANNOT_BOOT` if OpenClaw is not installed or this kernel allows no private namespaces;
   *   `GATEWAY_DIED` if it exits or is not ready in time (the message ends with the last log lines, secrets masked).
   */
  boot(request: BootRequest, signal: AbortSignal): Promise<BootedGateway>;
}

export interface BootRequest {
  /** What appears where: each copy is bound over the path it was captured from, in a private mount namespace. */
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
  /** TCP port on the loopback of its own network namespace. */
  readonly port: number;
  /** Milliseconds from start to ready. */
  readonly readyAfter: number;
  /** The JSON that its readiness probe answered. */
  readonly probe: unknown;
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
  readonly secret: GatewaySecret;
}

export type ConnectResult =
  | { readonly outcome: 'connected'; readonly scopes: readonly string[] }
  /** `code` is the Gateway's `details.code`, such as AUTH_TOKEN_MISMATCH or PAIRING_REQUIRED. */
  | { readonly outcome: 'refused'; readonly code: string; readonly message: string };

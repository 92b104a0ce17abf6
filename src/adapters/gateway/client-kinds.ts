import type { DeviceKind } from '../../ports/gateway.ts';

/** How a client introduces itself. The Gateway knows a closed list of ids, and treats them differently. */
export interface ClientKind {
  readonly id: string;
  readonly mode: string;
  readonly version: string;
  readonly platform: string;
  readonly role: 'operator' | 'node';
  readonly scopes: readonly string[];
  /** What a node offers to run; operators offer nothing. */
  readonly commands?: readonly string[];
}

const VERSION = '2026.9.6';
const LINUX = { version: VERSION, platform: 'linux' };

/**
 * A program on the Gateway's own machine: over loopback with the shared secret it needs no pairing, leaves no device row,
 * and has every scope.
 */
export const BACKEND: ClientKind = {
  ...LINUX,
  id: 'gateway-client',
  mode: 'backend',
  role: 'operator',
  scopes: ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing'],
};

/** The devices that people pair. */
export const DEVICES = {
  /** The Control UI in a browser. Its device token dies when the shared secret changes. */
  ui: {
    ...LINUX,
    id: 'openclaw-control-ui',
    mode: 'webchat',
    role: 'operator',
    scopes: ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing'],
  },
  cli: { ...LINUX, id: 'cli', mode: 'cli', role: 'operator', scopes: ['operator.read', 'operator.write'] },
  app: { ...LINUX, id: 'openclaw-macos', mode: 'ui', role: 'operator', scopes: ['operator.read', 'operator.write'] },
  node: { ...LINUX, id: 'node-host', mode: 'node', role: 'node', scopes: [], commands: ['system.notify'] },
  /** Clawback's own: it may look and do nothing. */
  canary: { ...LINUX, id: 'cli', mode: 'cli', role: 'operator', scopes: ['operator.read'] },
} satisfies Record<DeviceKind, ClientKind>;

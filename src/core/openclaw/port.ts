import { valueAt } from './config-value.ts';

/** OpenClaw's port where the config names none. */
export const DEFAULT_PORT = 18789;

/** The TCP port that a config makes the Gateway listen on. */
export function gatewayPort(config: unknown): number {
  const port = valueAt(config, 'gateway.port');
  return typeof port === 'number' ? port : DEFAULT_PORT;
}

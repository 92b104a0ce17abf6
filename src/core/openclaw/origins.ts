import { isIP } from 'node:net';
import { textOf, valueAt } from './config-value.ts';
import { gatewayPort } from './port.ts';

/**
 * Whether the Gateway lets a browser in from a page at this address: if `gateway.controlUi.allowedOrigins` names it, or if the page
 * can only come from the Gateway itself on a private network, as OpenClaw 2026.9 decides (`gateway/origin-check.ts`).
 */
export function isOriginAllowed(origin: string, config: unknown): boolean {
  const list = listedOrigins(config);
  if (list.includes('*') || list.includes(origin.toLowerCase())) return true;
  if (valueAt(config, 'gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback') === true) return true;
  return URL.canParse(origin) && isPrivate(new URL(origin).hostname);
}

/** Whether browsers may have been using the Control UI at this address, as far as the configuration tells: OpenClaw keeps no record. */
export function isOriginKnown(origin: string, config: unknown): boolean {
  const port = gatewayPort(config);
  const own = ['http', 'https'].flatMap((scheme) => [`${scheme}://localhost:${port}`, `${scheme}://127.0.0.1:${port}`]);
  return [...own, ...listedOrigins(config)].includes(origin.toLowerCase());
}

function listedOrigins(config: unknown): string[] {
  const allowed = valueAt(config, 'gateway.controlUi.allowedOrigins');
  const texts = (Array.isArray(allowed) ? allowed : []).map((entry) => textOf(entry)?.toLowerCase());
  return texts.filter((text) => text !== undefined);
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.local') || host.endsWith('.ts.net')) return true;
  if (isIP(host) === 6) return /^(?:::1$|f[cd]|fe[89ab])/i.test(host);
  return isIP(host) === 4 && /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(host);
}

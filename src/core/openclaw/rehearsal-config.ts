import { join } from 'node:path';
import { agentEntries, valueAt } from './config-value.ts';

/**
 * A configuration on which OpenClaw starts and does nothing: of the captured one it keeps who the agents are, how devices are
 * treated, and no more. It is made as OpenClaw's own updater makes the one of its rehearsal (`infra/update-candidate-rehearsal.ts`),
 * but names what it keeps, not what it drops.
 */
export function rehearsalConfig(
  captured: unknown,
  { stateDir, mode }: { readonly stateDir: string; readonly mode: 'token' | 'password' | 'none' },
): Record<string, unknown> {
  const workspace = join(stateDir, 'workspace');
  const still = { heartbeat: { every: '0m' } };
  const entries: Record<string, object> = {};
  for (const { id } of agentEntries(captured)) entries[id] = { workspace: join(workspace, id), ...still };
  const secret = mode === 'none' ? {} : { [mode]: `\${OPENCLAW_GATEWAY_${mode.toUpperCase()}}` };
  return {
    ...kept(captured, 'meta'),
    gateway: {
      mode: 'local',
      bind: 'loopback',
      auth: { mode, ...secret, allowTailscale: false },
      tls: { enabled: false },
      tailscale: { mode: 'off' },
      controlUi: { enabled: false, ...kept(valueAt(captured, 'gateway.controlUi'), 'allowedOrigins') },
      ...kept(valueAt(captured, 'gateway'), 'trustedProxies'),
      nodes: { pairing: { sshVerify: false } },
    },
    agents: { defaults: { workspace, ...still }, entries },
    cron: { enabled: false },
    hooks: { enabled: false, internal: { enabled: false } },
    transcripts: { enabled: false },
    discovery: { mdns: { mode: 'off' } },
    logging: { file: join(stateDir, 'rehearsal.log') },
  };
}

function kept(section: unknown, key: string): Record<string, unknown> {
  const value = valueAt(section, key);
  return value === undefined ? {} : { [key]: value };
}

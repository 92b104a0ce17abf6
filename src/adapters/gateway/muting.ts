import { extname, join } from 'node:path';
import type { BootRequest } from '../../ports/gateway.ts';

/**
 * OpenClaw's own switches, as its updater's rehearsal sets them. They keep the log quiet and save time; that nothing can
 * leave is the namespaces' doing. Each must be exactly `1`: OpenClaw takes `true` for off, and then jobs fire.
 */
const SWITCHES = {
  OPENCLAW_SKIP_CHANNELS: '1',
  OPENCLAW_SKIP_PROVIDERS: '1',
  OPENCLAW_SKIP_CRON: '1',
  OPENCLAW_SKIP_GMAIL_WATCHER: '1',
  OPENCLAW_SKIP_CANVAS_HOST: '1',
  OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: '1',
  OPENCLAW_SKIP_STARTUP_MODEL_PREWARM: '1',
  OPENCLAW_NO_AUTO_UPDATE: '1',
  OPENCLAW_NO_RESPAWN: '1',
  OPENCLAW_OFFLINE: '1',
  OPENCLAW_DISABLE_BONJOUR: '1',
  OPENCLAW_EXEC_SHELL_SNAPSHOT: '0',
  NODE_DISABLE_COMPILE_CACHE: '1',
};

/**
 * The whole environment of a muted Gateway: what the configuration needs, the switches, and nothing of this host.
 *
 * @param port that a rehearsal listens on; null in namespaces
 */
export function mutedEnvironment(
  request: BootRequest,
  { path, port }: { path: string; port: number | null },
): Record<string, string> {
  return {
    ...request.environment,
    PATH: path,
    HOME: request.home,
    OPENCLAW_HOME: request.home,
    OPENCLAW_STATE_DIR: request.stateDir,
    OPENCLAW_CONFIG_PATH: request.configPath,
    ...SWITCHES,
    ...(request.muting === 'rehearsal' ? guarded(request.home, port) : {}),
  };
}

/** Keeps every temporary file in its own directory, and every process of it from reaching anything. */
function guarded(home: string, port: number | null): Record<string, string> {
  const guard = new URL(`./rehearsal-guard${extname(import.meta.url)}?port=${port ?? 0}`, import.meta.url);
  return {
    ...Object.fromEntries(['TMPDIR', 'TMP', 'TEMP', 'USERPROFILE'].map((name) => [name, home])),
    ...Object.fromEntries(['CONFIG', 'CACHE', 'DATA', 'STATE'].map((name) => [`XDG_${name}_HOME`, join(home, name)])),
    NODE_OPTIONS: `--import=${guard.href}`,
  };
}

import { execFileSync } from 'node:child_process';
import { ClawbackError, systemCode } from '../../ports/errors.ts';

const PACKAGES = { ip: 'iproute2', mount: 'mount', umount: 'mount', pivot_root: 'util-linux' };

/**
 * Runs one of the system's own tools.
 *
 * @throws ClawbackError `CANNOT_MUTE` if it is missing or refuses.
 */
export function hostTool(command: keyof typeof PACKAGES, ...args: string[]): void {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') {
      const hint = `install the package ${PACKAGES[command]}`;
      throw new ClawbackError('CANNOT_MUTE', `cannot mute the gateway: no command ${command}`, { hint, cause });
    }
    const said = String((cause as { stderr?: unknown }).stderr).trim();
    throw new ClawbackError('CANNOT_MUTE', `cannot mute the gateway: ${said || command}`, { cause });
  }
}

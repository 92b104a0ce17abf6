import type { KeyCanaryResult } from '../../commands/key-canary.ts';
import type { KeyGenerateResult } from '../../commands/key-generate.ts';
import type { KeyKitResult } from '../../commands/key-kit.ts';
import type { KeyRecipientsResult } from '../../commands/key-recipients.ts';
import { EXIT_DONE, EXIT_PART } from '../exit.ts';
import type { Page } from '../page.ts';
import { formatCount } from '../units.ts';

export function renderKeyGenerate({ publicKey, file, text }: KeyGenerateResult): string {
  return text ?? `wrote ${file ?? ''}\npublic key: ${publicKey}\n`;
}

export function renderKeyKit({ file, text }: KeyKitResult): string {
  return text ?? `wrote ${file ?? ''}\nprint it or move it off this host: it opens every snapshot\n`;
}

export function renderKeyAdd(result: KeyRecipientsResult, page: Page): string {
  return `${summary(result)}\n${page.styled('yellow', 'note:')} it does not open snapshots that were taken before; take one now: clawback backup\n`;
}

export function renderKeyRemove(result: KeyRecipientsResult, page: Page): string {
  return `${summary(result)}\n${page.styled('yellow', 'note:')} it still opens every snapshot that was taken before\n`;
}

export function renderKeyCanary({ status, deviceId, file, gateway, approve }: KeyCanaryResult, page: Page): string {
  const id = deviceId.slice(0, 12);
  if (status === 'paired') {
    return `the canary ${id} is paired with ${gateway}, and its key is ${file}\nfrom the next backup on, every drill connects as it: clawback backup\n`;
  }
  return `${page.styled('yellow', 'waiting:')} the canary ${id} has asked ${gateway} to be paired\n  1. on the host of the gateway: ${approve ?? ''}\n  2. here, within five minutes:  clawback key canary\n`;
}

/** One that waits for its approval is half of what was asked for. */
export function keyCanaryExit({ status }: KeyCanaryResult): number {
  return status === 'paired' ? EXIT_DONE : EXIT_PART;
}

function summary({ config, recipients }: KeyRecipientsResult): string {
  return `changed ${config}: snapshots are now sealed to ${formatCount(recipients.length, 'recipient')}`;
}

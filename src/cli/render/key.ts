import type { KeyGenerateResult } from '../../commands/key-generate.ts';
import type { KeyKitResult } from '../../commands/key-kit.ts';
import type { KeyRecipientsResult } from '../../commands/key-recipients.ts';
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

function summary({ config, recipients }: KeyRecipientsResult): string {
  return `changed ${config}: snapshots are now sealed to ${formatCount(recipients.length, 'recipient')}`;
}

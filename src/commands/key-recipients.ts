import { readFile } from 'node:fs/promises';
import { addRecipient, removeRecipient } from '../core/config/edit.ts';
import { variableAt } from '../core/config/environment.ts';
import { rewriteFile } from '../core/config/rewrite.ts';
import { parseRecipient, parseRecipients, type Recipient } from '../core/keys/recipients.ts';
import { ClawbackError } from '../ports/errors.ts';
import { requireConfig, type Context } from './context.ts';

export interface KeyRecipientOptions {
  /** An age recipient. */
  readonly recipient: string;
}

export interface KeyRecipientsResult {
  /** The config file that was changed. */
  readonly config: string;
  /** Who the next snapshot will be sealed to. */
  readonly recipients: readonly string[];
}

/** Adds a recipient to the config; snapshots taken before stay closed to it. */
export async function keyAdd(options: KeyRecipientOptions, context: Context): Promise<KeyRecipientsResult> {
  const recipient = parseRecipient(options.recipient);
  const recipients = parseRecipients([...requireConfig(context).recipients, recipient]);
  return edit(context, (text) => addRecipient(text, recipient), recipients);
}

/** Removes a recipient from the config; snapshots taken before stay open to it. */
export async function keyRemove(options: KeyRecipientOptions, context: Context): Promise<KeyRecipientsResult> {
  const recipient = parseRecipient(options.recipient);
  const recipients = requireConfig(context).recipients.filter((other) => other !== recipient);
  return edit(context, (text) => removeRecipient(text, recipient), recipients);
}

async function edit(
  context: Context,
  change: (text: string) => string,
  recipients: readonly Recipient[],
): Promise<KeyRecipientsResult> {
  const { file } = requireConfig(context);
  const variable = variableAt(['recipients'], context.host.env);
  if (file === null || variable !== undefined) {
    throw new ClawbackError('CONFIG', 'the recipients come from the environment, not from a config file', {
      hint: `change ${variable ?? 'CLAWBACK_RECIPIENTS'} where it is set`,
    });
  }
  await rewriteFile(file, change(await readFile(file, 'utf8')));
  return { config: file, recipients };
}

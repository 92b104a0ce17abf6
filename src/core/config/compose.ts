import type { Recipient } from '../keys/recipients.ts';
import type { Destination } from './config.ts';

export interface NewConfig {
  readonly instance: string;
  /** Null leaves it to OpenClaw's own resolution. */
  readonly stateDir: string | null;
  readonly recipients: readonly { readonly recipient: Recipient; readonly note: string }[];
  /** Path of the identity file; null for a host that can only write. */
  readonly identity: string | null;
  readonly destinations: readonly Destination[];
}

/** The text of a new config file, with what a person needs to go on from there. */
export function composeConfig(config: NewConfig): string {
  const lines = [
    '// Clawback: what to back up, for whom to seal it, where to put it. docs/configuration.md explains every key.',
    '{',
    `  instance: ${quote(config.instance)},`,
    ...(config.stateDir === null ? [] : [`  stateDir: ${quote(config.stateDir)},`]),
    '',
    '  // Whoever holds the secret key of one of these can open every snapshot; nobody else can.',
    '  recipients: [',
    ...config.recipients.map(({ recipient, note }) => `    ${quote(recipient)}, // ${note}`),
    '  ],',
    ...(config.identity === null ? [] : [`  identity: ${quote(config.identity)},`]),
    '',
    '  destinations: {',
    ...config.destinations.map(({ name, url }) => `    ${quote(name)}: ${quote(url.href)},`),
    '  },',
    '',
    '  // What clawback prune keeps, which the daemon runs daily. Without this key nothing is ever removed.',
    '  retention: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 3 },',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  // A dollar sign before a brace would be read as the name of a variable.
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', () => '$${');
  return `'${escaped}'`;
}

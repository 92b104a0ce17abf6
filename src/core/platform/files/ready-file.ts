import type { UnitFile } from '../../../ports/scheduler.ts';

/** One file to deploy with. */
export interface ReadyFile extends UnitFile {
  /** True for what will hold secrets when it is filled in: readable by its owner alone. */
  readonly isSecret?: true;
}

/** What brings OpenClaw and Clawback up on a platform. */
export interface ReadyFiles {
  readonly files: readonly ReadyFile[];
  /** What to do with them, commands and instructions in their order. */
  readonly next: readonly string[];
}

/** How a container starts the Gateway: with a config or without, and where the platform's probe reaches it. */
export const GATEWAY_PORT = 18789;
export const GATEWAY_WORDS = [
  'gateway',
  'run',
  '--allow-unconfigured',
  '--bind',
  'lan',
  '--port',
  String(GATEWAY_PORT),
];

/** The tag that the manifests of OpenClaw itself use. */
export const OPENCLAW_IMAGE = 'ghcr.io/openclaw/openclaw:slim';

/** As the image's own manifests start it. */
export const GATEWAY_IN_IMAGE = ['node', '/app/dist/index.js', ...GATEWAY_WORDS];

/** User and group `node` of the images. */
export const NODE_USER = 1000;

/** Left empty, it is refused where it must not be: nothing starts with a token that stands in a file for all to see. */
export const TOKEN_FILE_TEXT =
  '# Filled in, this file is a secret. The same token as before, or every browser is asked for it: openssl rand -hex 24\nOPENCLAW_GATEWAY_TOKEN=\n';

/** For what the config takes from the environment. */
export const CREDENTIALS_FILE_TEXT =
  '# Credentials of the storage, if it does not know this machine by itself: docs/storage.md\n# AWS_ACCESS_KEY_ID=\n# AWS_SECRET_ACCESS_KEY=\n';

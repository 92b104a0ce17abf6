import { join } from 'node:path';
import type { WantedScheduler } from '../commands/context.ts';
import type { Config, NotifierSettings } from '../core/config/config.ts';
import type { NotifierKind } from '../core/config/notifier.ts';
import { parseRate } from '../core/config/rate.ts';
import { broadcasting, USUAL_PATIENCE } from '../core/notify.ts';
import { subscriptionsOf } from '../core/notify/subscription.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { GatewayBooter, LiveGateway } from '../ports/gateway.ts';
import type { Machine } from '../ports/machine.ts';
import type { ServeMetrics } from '../ports/metrics-server.ts';
import type { Notifier, Send, Sender, SenderAddress } from '../ports/notifier.ts';
import type { Prober } from '../ports/prober.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Sent, Storage } from '../ports/storage.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What an adapter may know of this host to find credentials: the environment, and files below the home directory. */
export interface StorageHost {
  readonly env: Environment;
  /** Absolute path of the home directory. */
  readonly home: string;
}

type StorageFactory = (location: URL, host: StorageHost) => Promise<Storage>;

/** The adapter of each scheme. A new storage is one file and one line; its SDK is loaded when its scheme is first used. */
const STORAGES: Readonly<Record<string, StorageFactory>> = {
  'file:': async (location) => (await import('../adapters/storage/file.ts')).fileStorage(location),
  's3:': async (location) => (await import('../adapters/storage/s3.ts')).s3Storage(location),
  'gs:': async (location) => (await import('../adapters/storage/gs.ts')).gsStorage(location),
  'oss:': async (location, host) => (await import('../adapters/storage/oss.ts')).ossStorage(location, host),
  'azblob:': async (location, host) => (await import('../adapters/storage/azblob.ts')).azblobStorage(location, host),
  'tos:': async (location, host) => (await import('../adapters/storage/tos.ts')).tosStorage(location, host),
  'sftp:': async (location, host) => (await import('../adapters/storage/sftp.ts')).sftpStorage(location, host),
  'webdav:': async (location, host) => (await import('../adapters/storage/webdav.ts')).webdavStorage(location, host),
  'webdavs:': async (location, host) => (await import('../adapters/storage/webdav.ts')).webdavStorage(location, host),
  'rclone:': async (location, { env }) => (await import('../adapters/storage/rclone.ts')).rcloneStorage(location, env),
};

/**
 * @param onSent told how far each put is.
 * @throws ClawbackError `CONFIG` if no adapter speaks the scheme.
 */
export async function openStorage(location: URL, host: StorageHost, onSent?: (sent: Sent) => void): Promise<Storage> {
  const factory = STORAGES[location.protocol];
  if (factory === undefined) {
    const known = Object.keys(STORAGES);
    throw new ClawbackError('CONFIG', `no storage speaks ${location.protocol}//`, {
      hint: `known are ${known.join(', ')}`,
    });
  }
  const { place, rate } = rateIn(location);
  const { retrying, BRIEF } = await import('../adapters/storage/retrying.ts');
  let storage = await factory(place, host);
  // Counts what passes the limit, not what waits for it.
  if (onSent !== undefined) storage = (await import('../adapters/storage/counting.ts')).counting(storage, onSent);
  if (rate !== null) storage = (await import('../adapters/storage/limited.ts')).limited(storage, rate);
  return location.protocol === 'file:' ? retrying(storage, BRIEF) : retrying(storage);
}

export async function serverTime(location: URL, env: Environment, signal: AbortSignal): Promise<Date | null> {
  return (await import('../adapters/storage/server-clock.ts')).serverTime(location, env, signal);
}

/** Every storage may be told how fast it may be: `?maxRate=10MiB/s`. The adapters do not know of it. */
function rateIn(location: URL): { readonly place: URL; readonly rate: number | null } {
  const text = location.searchParams.get('maxRate');
  if (text === null) return { place: location, rate: null };
  const rate = parseRate(text);
  if (rate === null) {
    throw new ClawbackError('CONFIG', `maxRate is no rate: ${text}`, { hint: 'for example ?maxRate=10MiB/s' });
  }
  const place = new URL(location);
  place.searchParams.delete('maxRate');
  return { place, rate };
}

/** The sender of each kind of notifier, loaded when there is something to send. */
const SENDERS: Readonly<Record<NotifierKind, (address: SenderAddress) => Promise<Send>>> = {
  webhook: async (address) => (await import('../adapters/notify/webhook.ts')).webhookSender(address),
  healthchecks: async (address) => (await import('../adapters/notify/healthchecks.ts')).healthchecksSender(address),
  slack: async (address) => (await import('../adapters/notify/slack.ts')).slackSender(address),
  discord: async (address) => (await import('../adapters/notify/discord.ts')).discordSender(address),
  telegram: async (address) => (await import('../adapters/notify/telegram.ts')).telegramSender(address),
  feishu: async (address) => (await import('../adapters/notify/feishu.ts')).feishuSender(address),
  dingtalk: async (address) => (await import('../adapters/notify/dingtalk.ts')).dingtalkSender(address),
  wecom: async (address) => (await import('../adapters/notify/wecom.ts')).wecomSender(address),
  ntfy: async (address) => (await import('../adapters/notify/ntfy.ts')).ntfySender(address),
  email: async (address) => (await import('../adapters/notify/email.ts')).emailSender(address),
};

export function openSender({ kind, url, secret }: NotifierSettings): Sender {
  return {
    kind,
    host: url.host,
    hearsStarts: kind === 'healthchecks',
    send: async (notice, signal) => (await SENDERS[kind]({ url, secret }))(notice, signal),
  };
}

export function notifierOf(config: Config | null): Notifier | null {
  if (config === null || config.notify.length === 0) return null;
  return broadcasting(subscriptionsOf(config.notify, openSender), USUAL_PATIENCE);
}

export const serveMetrics: ServeMetrics = async (address, text) =>
  (await import('../adapters/metrics-server.ts')).serveMetrics(address, text);

export async function liveGateway(): Promise<LiveGateway> {
  return (await import('../adapters/gateway/live-gateway.ts')).liveGateway();
}

/** What a scheduler may know of this host. */
interface SchedulerHost extends StorageHost {
  readonly uid: number;
  readonly user: string;
}

export async function openScheduler(
  { format, scope, instance }: WantedScheduler,
  host: SchedulerHost,
): Promise<Scheduler> {
  switch (format) {
    case 'systemd':
      return (await import('../adapters/scheduler/systemd.ts')).systemdScheduler({ ...host, scope, instance });
    case 'cron':
      return (await import('../adapters/scheduler/cron.ts')).cronScheduler({
        ...host,
        marks: (await import('../core/schedule/crontab.ts')).marks(instance),
      });
    case 'launchd':
      return (await import('../adapters/scheduler/launchd.ts')).launchdScheduler({ ...host, instance });
  }
}

export async function mutedGateway(env: Environment): Promise<GatewayBooter> {
  return (await import('../adapters/gateway/muted.ts')).mutedBooter({ path: env['PATH'] ?? '' });
}

export async function hostMachine(env: Environment): Promise<Machine> {
  return (await import('../adapters/doctor/machine.ts')).thisMachine(env);
}

export async function gatewayProber(): Promise<Prober> {
  return (await import('../adapters/doctor/prober.ts')).networkProber;
}

/**
 * A command that starts OpenClaw: as given, or the one that an exact version such as `2026.9.6` names, which is installed
 * into the cache at its first use.
 */
export async function openclawCommand(given: string, cacheDir: string, env: Environment): Promise<string> {
  if (!/^\d+\.\d+\.\d+/.test(given)) return given;
  const { installOpenClaw } = await import('../adapters/gateway/openclaw-install.ts');
  return (await installOpenClaw({ version: given, cacheDir: join(cacheDir, 'openclaw'), environment: env })).entry;
}

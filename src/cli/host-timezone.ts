import { readlinkSync } from 'node:fs';

/**
 * The time zone that cron and launchd go by: the one of the host, whatever `TZ` says in this process. UTC where the host says
 * nothing, as in most containers.
 */
export function hostTimezone(): string {
  try {
    const [, name] = /zoneinfo\/(.+)$/.exec(readlinkSync('/etc/localtime')) ?? [];
    return name ?? ofProcess();
  } catch {
    return ofProcess();
  }
}

function ofProcess(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

import { grouped } from '../core/grouped.ts';

const SIZES = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `912 B`, `12.3 MiB`: three digits or so. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let index = 0;
  // 1023.96 would be shown as 1024.0.
  while (value >= 1023.95 && index < SIZES.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${value.toFixed(1)} ${SIZES[index] ?? ''}`;
}

/** `0.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1 file`, `2 files`, `41,000 files`. */
export function formatCount(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-22 20:34 UTC` of an ISO 8601 time in UTC. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `12 min ago`, `in 3 h`, `5 d ago`: how far a time is from another, both ISO 8601. */
export function formatDistance(time: string, from: string): string {
  const seconds = Math.round((Date.parse(time) - Date.parse(from)) / 1000);
  const distance = roughly(Math.abs(seconds));
  return seconds > 0 ? `in ${distance}` : `${distance} ago`;
}

function roughly(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

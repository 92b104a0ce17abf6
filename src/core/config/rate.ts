/**
 * Bytes a second of `10MiB/s`, `500KiB/s`, `1.5MB/s`; null if the text is no rate.
 */
export function parseRate(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([KMG]i?B)\/s$/.exec(text) ?? [];
  const scale = UNITS[unit ?? ''];
  return amount === undefined || scale === undefined || Number(amount) === 0 ? null : Number(amount) * scale;
}

const UNITS: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

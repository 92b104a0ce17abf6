import type { Evidence, Sign } from '../platform.ts';

/** What the firmware says of the machine; containers see their host's. */
export function dmi(
  field: 'product_name' | 'sys_vendor' | 'bios_vendor' | 'bios_version' | 'board_vendor' | 'chassis_asset_tag',
  is: RegExp,
): Sign {
  return { file: `/sys/class/dmi/id/${field}`, is };
}

export function certain(...signs: readonly Sign[]): Evidence {
  return { confidence: 'certain', signs };
}

export function likely(...signs: readonly Sign[]): Evidence {
  return { confidence: 'likely', signs };
}

export function weak(...signs: readonly Sign[]): Evidence {
  return { confidence: 'weak', signs };
}

/** In every pod, whoever made it. */
export const POD: Sign = { variable: 'KUBERNETES_SERVICE_HOST' };

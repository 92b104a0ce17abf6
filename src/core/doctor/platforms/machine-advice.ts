import type { ProbeAdvice, TokenAdvice } from '../platform.ts';

/** What holds wherever systemd starts the Gateway on a machine. */
export const unitToken: TokenAdvice = {
  where: 'a file of mode 0600 that the unit names: EnvironmentFile=/etc/openclaw/gateway.env',
  set: [
    'install -d -m 700 /etc/openclaw && install -m 600 /dev/null /etc/openclaw/gateway.env, then write OPENCLAW_GATEWAY_TOKEN=… into it',
    'systemctl edit openclaw-gateway: [Service] EnvironmentFile=/etc/openclaw/gateway.env',
    'systemctl daemon-reload && systemctl restart openclaw-gateway',
  ],
};

export const unitProbe: ProbeAdvice = {
  from: 'inside',
  signal: 'systemd takes a process that runs for healthy',
  patience: null,
  lengthen: (seconds) => `[Service] TimeoutStartSec=${seconds} in a drop-in, if the unit is of Type=notify`,
};

/** What moves the state directory onto a data disk that is mounted at /data. */
export function ontoDataDisk(attach: string): string[] {
  return [
    attach,
    'mount it at /data, in /etc/fstab by UUID and with nofail (lsblk -f shows it)',
    'clawback backup && systemctl stop openclaw-gateway',
    // Not `cp`: cron jobs and workspaces are bound to the path that they were made under.
    'clawback restore latest --target /data/openclaw/.openclaw',
    'OPENCLAW_STATE_DIR=/data/openclaw/.openclaw in the environment of the unit, then systemctl start openclaw-gateway',
  ];
}

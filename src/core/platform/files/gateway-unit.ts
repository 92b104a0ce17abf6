/** Where things are on a machine, absolute paths all. */
export interface MachinePlaces {
  /** Home of the user `openclaw`. */
  readonly home: string;
  readonly stateDir: string;
  /** The mount point of a data disk; null if the state is on the system disk. */
  readonly mount: string | null;
}

export const GATEWAY_UNIT = 'openclaw-gateway.service';
export const GATEWAY_USER = 'openclaw';
export const GATEWAY_ENVIRONMENT = '/etc/openclaw/gateway.env';

/** The Gateway as a service of the system. */
export function gatewayUnit({ home, stateDir, mount }: MachinePlaces): string {
  return [
    '[Unit]',
    'Description=OpenClaw Gateway',
    'Wants=network-online.target',
    'After=network-online.target',
    // Else a disk that is not mounted would be a new, empty state directory on the system disk.
    ...(mount === null ? [] : [`RequiresMountsFor=${mount}`]),
    '',
    '[Service]',
    `User=${GATEWAY_USER}`,
    `WorkingDirectory=${home}`,
    'Environment=PATH=/usr/local/bin:/usr/bin:/bin',
    `Environment=OPENCLAW_STATE_DIR=${stateDir}`,
    // A missing one is an error: the Gateway would make up a token.
    `EnvironmentFile=${GATEWAY_ENVIRONMENT}`,
    'ExecStart=/usr/local/bin/openclaw gateway run --allow-unconfigured',
    'Restart=always',
    'RestartSec=5',
    '# A config that is wrong does not get better by itself.',
    'RestartPreventExitStatus=78',
    '# It lets running turns end.',
    'TimeoutStopSec=330',
    'UMask=0077',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

import { GATEWAY_ENVIRONMENT, GATEWAY_UNIT, GATEWAY_USER, type MachinePlaces } from './gateway-unit.ts';

export interface FirstBoot {
  readonly places: MachinePlaces;
  /** The command that prints the secret whose name is `$1`; null where a person must say. */
  readonly fetchSecret: string | null;
  /** Timers to start. */
  readonly timers: readonly string[];
}

/**
 * The script that makes a fresh machine the one that was lost: programs, secrets, state, services. It may run again: it leaves what is
 * there, and goes on where it failed.
 */
export function firstBootScript({ places, fetchSecret, timers }: FirstBoot): string {
  const { home, stateDir, mount } = places;
  const guard =
    mount === null
      ? ''
      : `mountpoint -q ${mount} || { echo '${mount} is not mounted: its disk is to hold the state' >&2; exit 1; }\n`;
  return `#!/bin/sh
set -eu
umask 077
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
${guard}
# programs, where the units look for them; Debian's own Node is too old for OpenClaw, and npm has a newer one
have() { [ -x "/usr/local/bin/$1" ] || (umask 022 && npm install --global --prefix /usr/local "$2"); }
have node node@24
have openclaw openclaw@latest
have clawback 'FILL_IN_CLAWBACK_PACKAGE'

id ${GATEWAY_USER} >/dev/null 2>&1 || useradd --system --create-home --home-dir ${home} --shell /usr/sbin/nologin ${GATEWAY_USER}
install -d -m 700 -o ${GATEWAY_USER} -g ${GATEWAY_USER} ${home}

# secrets, from where this machine may read them; never from this file
secret() { ${fetchSecret ?? 'FILL_IN_SECRET_COMMAND "$1"'}; }
keep() { [ -s "$2" ] || { secret "$1" >"$2.part" && mv "$2.part" "$2"; }; }
install -d -m 700 /etc/clawback /etc/openclaw
keep clawback-identity /etc/clawback/identity.txt
keep clawback-signing-key /etc/clawback/signing-key.txt
keep clawback-env /etc/clawback/clawback.env
keep openclaw-env ${GATEWAY_ENVIRONMENT}

# the state, if there is none; with paths, cron jobs and devices as they were
install -d -m 700 /var/lib/clawback /var/cache/clawback
export XDG_STATE_HOME=/var/lib XDG_CACHE_HOME=/var/cache OPENCLAW_STATE_DIR=${stateDir}
/usr/local/bin/node --env-file=/etc/clawback/clawback.env /usr/local/bin/clawback restore --if-empty --config /etc/clawback/config.json5
if [ -e ${stateDir} ]; then chown -R ${GATEWAY_USER}:${GATEWAY_USER} ${stateDir}; fi

systemctl daemon-reload
systemctl enable --now ${[GATEWAY_UNIT, ...timers].join(' ')}
`;
}

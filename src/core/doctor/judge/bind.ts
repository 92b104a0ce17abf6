import { stringAt, valueAt } from '../../openclaw/config-value.ts';
import type { Examination } from '../examination.ts';
import { isLoopback } from '../look/sockets.ts';
import { type Fact, type Finding, known, unknown } from '../report.ts';

type About = Omit<Finding, 'id' | 'severity' | 'layer'>;

/** The fourth fact and layer (c): is the interface that the Gateway binds one that the platform's probe reaches? */
export function judgeBind(seen: Examination): { fact: Fact; findings: Finding[] } {
  const { installation, sockets, port } = seen;
  const configured = stringAt(installation.config.value, 'gateway.bind');
  const said = configured ?? 'not set (loopback; all interfaces in a container)';
  if (installation.gateway === null) {
    const fact = known(`gateway.bind ${said}, port ${port.port}`, `the config; ${port.found}`);
    return { fact, findings: refusesToBind(seen) };
  }
  const own = (sockets.own ?? sockets.listening).filter((socket) => socket.port === (port.platform ?? port.port));
  if (own.length === 0) return { fact: unknown('nothing listens'), findings: [] };
  const where = own.map(({ address }) => address).join(' and ');
  const fact = known(`${where}, port ${own[0]?.port ?? port.port}`, "the kernel's tables");
  return {
    fact,
    findings: [
      reachable(
        seen,
        own.every(({ address }) => isLoopback(address)),
        where,
      ),
      ...origins(seen),
    ],
  };
}

function reachable(
  { platform, probe, reached, service, installation }: Examination,
  loopback: boolean,
  where: string,
): Finding {
  const finding = (severity: Finding['severity'], id: string, about: About): Finding => ({
    id,
    layer: 'bind',
    severity,
    ...about,
  });
  if (loopback) {
    const shut = reached.map(({ address, reach }) => `${address} ${reach === 'open' ? 'answers' : reach}`).join(', ');
    const evidence = `it listens on ${where} alone${shut === '' ? '' : `; from outside: ${shut}`}`;
    const isPublished = (service?.published.length ?? 0) > 0 || installation.gateway?.sharesNetwork === false;
    if (probe.from === 'inside' && !isPublished)
      return finding('ok', 'bind', {
        title: 'the Gateway is reached where it is asked',
        evidence: `${evidence}, and ${platform.title} asks from inside; reach it through ssh -L or a proxy`,
      });
    const fix = [
      "gateway.bind: 'lan' in the config, with a token, and restart (openclaw config set gateway.bind lan)",
      'or a probe of type exec that asks from inside',
    ];
    return finding('fail', 'bind-loopback', {
      title: 'the Gateway listens on its loopback alone, and is asked from outside',
      evidence,
      fix,
    });
  }
  const open = reached.filter(({ reach }) => reach === 'open').map(({ address }) => address);
  if (reached.length > 0 && open.length === 0) {
    const evidence = `it listens on ${where}, and ${reached.map(({ address, reach }) => `${address} is ${reach}`).join(', ')}`;
    const fix = ['look for a firewall: nft list ruleset, iptables -L -n, the security group of the platform'];
    return finding('fail', 'unreachable', {
      title: 'the Gateway listens, and cannot be reached from outside',
      evidence,
      fix,
    });
  }
  const evidence = `it listens on ${where}${open.length === 0 ? '' : `, and ${open.join(', ')} answers`}`;
  return finding('ok', 'bind', { title: 'the Gateway is reached where it is asked', evidence });
}

/** It starts on no other interface than the loopback without a secret. */
function refusesToBind({ installation, token, platform }: Examination): Finding[] {
  const bind = stringAt(installation.config.value, 'gateway.bind');
  if (bind === null || bind === 'loopback' || installation.problem !== null) return [];
  if (token.mode === 'trusted-proxy' || (token.secret !== null && token.mode !== 'none')) return [];
  // A variable that the config names and that is missing does not count: OpenClaw starts with a token of its own.
  if (token.sources.some(({ present }) => present)) return [];
  const evidence = `gateway.bind is ${bind}, and ${token.mode === 'none' ? 'gateway.auth.mode is none' : 'no token or password is set'}`;
  const severity = installation.atRest ? 'warn' : 'fail';
  return [
    {
      id: 'bind-without-auth',
      layer: 'bind',
      severity,
      title: 'the Gateway refuses to listen beyond the loopback without a token',
      evidence,
      fix: platform.token.set,
    },
  ];
}

/** A browser that was paired under an address that is no longer allowed is refused, whatever token it has. */
function origins({ installation, database }: Examination): Finding[] {
  const ui = valueAt(installation.config.value, 'gateway.controlUi');
  const listed = valueAt(ui, 'allowedOrigins');
  const allowed = new Set((Array.isArray(listed) ? listed : []).map((origin) => String(origin).trim().toLowerCase()));
  if (allowed.has('*') || valueAt(ui, 'dangerouslyAllowHostHeaderOriginFallback') === true) return [];
  const refused = database.origins.filter((origin) => !allowed.has(origin.toLowerCase()) && !isTrusted(origin));
  if (refused.length === 0) return [];
  const evidence = `browsers were paired at ${refused.join(', ')}, and gateway.controlUi.allowedOrigins ${allowed.size === 0 ? 'is not set' : `has ${[...allowed].join(', ')}`}`;
  const fix = [
    `openclaw config set gateway.controlUi.allowedOrigins '${JSON.stringify([...allowed, ...refused])}', and restart`,
  ];
  return [
    {
      id: 'origin',
      layer: 'bind',
      severity: 'warn',
      title: 'browsers are refused at the address that they were paired at',
      evidence,
      fix,
    },
  ];
}

/** What OpenClaw trusts without a list (`origin-check`): this machine, private addresses, `.local` and `.ts.net`. */
function isTrusted(origin: string): boolean {
  const host = URL.canParse(origin) ? new URL(origin).hostname : origin;
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.ts.net'))
    return true;
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[)/.test(
    host,
  );
}

import type { Examination } from '../examination.ts';
import type { Finding } from '../report.ts';

/** Layer (b): does the Gateway listen, on the port that is expected? By the kernel's own tables. */
export function judgePort(seen: Examination): Finding[] {
  const { installation, sockets, port, portHolder, platform, now } = seen;
  const { gateway } = installation;
  const about = (
    severity: Finding['severity'],
    id: string,
    rest: Omit<Finding, 'id' | 'severity' | 'layer'>,
  ): Finding[] => [{ id, layer: 'port', severity, ...rest }];
  if (portHolder !== null) {
    const evidence = `port ${port.port} (${port.found}) is held by ${portHolder}, which is not the Gateway`;
    const fix = [`stop it, or give the Gateway another port: gateway.port in ${installation.located.configPath}`];
    return about('fail', 'port-in-use', { title: 'another program has the port', evidence, fix });
  }
  if (gateway === null) return [];
  const listening = sockets.own ?? sockets.listening.filter((socket) => socket.port === port.port);
  if (listening.length === 0) {
    const age = gateway.startedAt === null ? null : (now - gateway.startedAt) / 1000;
    const evidence = `the kernel's tables have no listening socket of process ${gateway.pid}${age === null ? '' : `, which started ${Math.round(age)} s ago`}`;
    if (age !== null && age < STARTING)
      return about('fail', 'starting', {
        title: 'the Gateway is still starting',
        evidence: `${evidence}; it listens only near the end of its start`,
        fix: ['ask again in a minute: clawback doctor', platform.probe.lengthen(300)],
      });
    const fix = ['read its log: it hangs before it listens', 'restart it'];
    return about('fail', 'not-listening', { title: 'the Gateway does not listen', evidence, fix });
  }
  const ports = [...new Set(listening.map((socket) => socket.port))];
  const probed = port.platform ?? port.port;
  if (!ports.includes(probed)) {
    const evidence = `it listens on ${ports.join(', ')}; ${port.platform === null ? port.found : 'PORT in its environment'} says ${probed}`;
    const fix =
      port.platform === null
        ? ['restart it, so that it takes up its config', 'or look for --port in what starts it']
        : [`OPENCLAW_GATEWAY_PORT=${probed}, beside PORT in the settings of ${platform.title}`, 'and deploy again'];
    return about('fail', 'port-differs', {
      title: 'the Gateway listens on another port than is asked for',
      evidence,
      fix,
    });
  }
  const places = listening.filter((socket) => socket.port === probed).map(({ address }) => address);
  return about('ok', 'listening', {
    title: 'the Gateway listens',
    evidence: `on port ${probed} at ${places.join(' and ')}, by the kernel's tables`,
  });
}

/** A restored Gateway with a cold cache takes up to 21 s on two slow cores; a loaded host several times that. Seconds. */
const STARTING = 120;

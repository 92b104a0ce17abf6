import type { Examination } from '../examination.ts';
import { type Fact, type Finding, known } from '../report.ts';

/** The first fact: where the state directory is, and whether it could be the wrong one. */
export function judgePlace(seen: Examination): { fact: Fact; findings: Finding[] } {
  const { installation, storage } = seen;
  const fact = known(storage.path, installation.found);
  return { fact, findings: [...missing(seen), ...splitBrain(seen)] };
}

function missing({ installation, storage, platform }: Examination): Finding[] {
  if (installation.problem === null) return [];
  const { message, hint } = installation.problem;
  if (storage.unmounted !== null) {
    const evidence = `${message}; /etc/fstab mounts something at ${storage.unmounted}, and nothing is mounted there`;
    const fix = [`mount ${storage.unmounted}`, 'then start the Gateway again'];
    return [
      {
        id: 'volume-not-mounted',
        layer: 'facts',
        severity: 'fail',
        title: 'the volume with the state is not mounted',
        evidence,
        fix,
      },
    ];
  }
  const fix = [hint, `it should be in ${platform.state.directory}`, 'if it is lost: clawback restore --in-place'];
  return [
    {
      id: 'state-missing',
      layer: 'facts',
      severity: 'fail',
      title: 'there is no state where OpenClaw looks for it',
      evidence: message,
      fix,
    },
  ];
}

/** Two states on one host: the one that is used may be new, by accident, and the other what everybody misses. */
function splitBrain(seen: Examination): Finding[] {
  const { homes, installation, writtenAt, database, storage } = seen;
  const written = homes.filter((home) => home.writtenAt !== null);
  if (homes.length === 0) return [];
  const used = storage.path;
  const list = homes
    .map(({ path, why, writtenAt: at }) => `${path} (${why}${at === null ? '' : `, last written ${time(at)}`})`)
    .join(', ');
  const evidence = `${used} is used (${installation.found}); there is also ${list}`;
  const newest = Math.max(...written.map((home) => home.writtenAt ?? 0));
  // OpenClaw's own command line pairs itself without asking; whoever was approved by a person makes a state an old one.
  const isNew = database.userVersion !== null && database.devices.every(({ approvedVia }) => approvedVia === 'silent');
  const isOlder = installation.gateway === null && newest > (writtenAt ?? 0);
  if (written.length === 0 || installation.atRest)
    return [
      { id: 'split-brain', layer: 'facts', severity: 'info', title: 'there is another state directory', evidence },
    ];
  const severity = isOlder || isNew || installation.problem !== null ? 'fail' : 'warn';
  const title = 'two state directories: the Gateway may have started as a new machine';
  const other = written[0]?.path ?? '';
  const fix = [
    'decide which one is right: clawback doctor --state-dir ' + other,
    `set OPENCLAW_STATE_DIR to that one where the service gets its environment, and restart it`,
    'move the other one away, so that no shell takes it for the state',
  ];
  return [{ id: 'split-brain', layer: 'facts', severity, title, evidence, fix }];
}

function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

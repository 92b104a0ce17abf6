import { generationOf } from '../../openclaw/fingerprint.ts';
import { isWithin } from '../../openclaw/paths.ts';
import type { Examination } from '../examination.ts';
import { type Fact, type Finding, known, unknown } from '../report.ts';

/** The third fact: where the token comes from, and whether it will be there again. */
export function judgeToken(seen: Examination): { fact: Fact; findings: Finding[] } {
  const { token } = seen;
  if (token.mode === 'none' || token.mode === 'trusted-proxy') {
    const fact = known(`none: gateway.auth.mode is ${token.mode}`, 'the config');
    return { fact, findings: [] };
  }
  if (token.secret === null) return { fact: unknown(missingBecause(seen)), findings: [missing(seen)] };
  if (token.secret.includes('OPENCLAW_REDACTED'))
    return { fact: known(token.winner ?? '', 'the config'), findings: [redacted(seen)] };
  const source = sourceOf(seen);
  const fact = known(`${token.winner ?? ''}: ${source.survives}`, source.found);
  return { fact, findings: [source.shellOnly ? shellOnly(seen) : source.finding, ...browsers(seen)] };
}

interface Source {
  readonly found: string;
  readonly survives: string;
  /** True if only this shell has it, and a service that starts the Gateway does not. */
  readonly shellOnly: boolean;
  readonly finding: Finding;
}

function sourceOf({ token, installation, platform }: Examination): Source {
  const { environment, located, units } = installation;
  const names = environment.variables.filter(({ name }) => token.winner?.includes(name) === true);
  const variable = names[0];
  const origin = variable?.source ?? null;
  const title = 'the gateway token will be there again';
  const ok = (evidence: string): Finding => ({ id: 'token', layer: 'facts', severity: 'ok', title, evidence });
  if (variable === undefined) {
    const outside = installation.config.secretFiles.find((path) => !isWithin(path, located.stateDir));
    const where =
      token.winner?.startsWith('secret file') === true && outside !== undefined ? outside : 'the state directory';
    const survives =
      where === 'the state directory' ? 'survives with the state directory' : `survives if ${where} does`;
    const finding = ok(`the ${token.mode} is ${token.winner ?? ''}, which ${survives}`);
    return { found: 'the config', survives, shellOnly: false, finding };
  }
  const inState = origin === 'state .env' || origin === '.env beside the config';
  const survives = inState
    ? 'survives with the state directory'
    : `survives if its place does (${platform.token.where})`;
  const shellOnly =
    origin === 'process' && units.some(({ belongs, values }) => belongs && (values[variable.name] ?? '') === '');
  const from =
    origin === 'gateway process'
      ? 'the environment of the running gateway'
      : origin === 'process'
        ? 'this environment'
        : (origin ?? 'nowhere');
  const finding = ok(`${token.winner ?? ''} comes from ${from}; it ${survives}`);
  return { found: `${variable.name} in ${from}`, survives, shellOnly, finding };
}

function missingBecause({ token }: Examination): string {
  return token.winner === null ? `no place gives a ${token.mode}` : `${token.winner} has no value`;
}

function missing(seen: Examination): Finding {
  const { token, installation, platform } = seen;
  const placed = token.sources.filter(({ present }) => present).map(({ source }) => source);
  const evidence =
    placed.length === 0
      ? `neither gateway.auth.${token.mode} in the config nor OPENCLAW_GATEWAY_${token.mode.toUpperCase()} in the environment gives one`
      : `${placed.join(', ')}, which has no value here`;
  const reference = token.winner ?? '';
  if (reference.startsWith('secret exec')) {
    const title = 'the gateway token comes from a command';
    return { id: 'token', layer: 'facts', severity: 'info', title, evidence: `${reference} is not run by a doctor` };
  }
  if (reference.startsWith('secret ')) {
    const title = 'the Gateway does not start without its secret';
    return { id: 'secret-missing', layer: 'config', severity: 'fail', title, evidence, fix: platform.token.set };
  }
  const title = 'the gateway token is missing: every start makes up another';
  // At rest, the environment in which it will run is not here to be asked.
  const severity = installation.atRest ? 'warn' : 'fail';
  const old = 'use the value that clients know; clawback restore --only and clawback cat bring it back from a snapshot';
  return { id: 'token-missing', layer: 'facts', severity, title, evidence, fix: [...platform.token.set, old] };
}

function redacted({ token }: Examination): Finding {
  const evidence = `${token.winner ?? ''} is the mark that openclaw config get prints in place of the token`;
  const fix = [
    "put the real value there, or '${OPENCLAW_GATEWAY_TOKEN}' and the value into the environment of the service",
  ];
  return {
    id: 'token-redacted',
    layer: 'config',
    severity: 'fail',
    title: 'the config holds a mark instead of the token',
    evidence,
    fix,
  };
}

function shellOnly({ installation, platform }: Examination): Finding {
  const units = installation.units.filter(({ belongs }) => belongs).map(({ path }) => path);
  const evidence = `it is set in this shell, and not in ${units.join(', ')}: the Gateway that systemd starts does not have it`;
  return {
    id: 'token-missing',
    layer: 'facts',
    severity: 'fail',
    title: 'the service does not get the gateway token',
    evidence,
    fix: platform.token.set,
  };
}

/** A browser's device token says under which secret it was issued, and dies with that. */
function browsers({ token, database }: Examination): Finding[] {
  const generation = generationOf(token.mode, token.secret);
  const stale = database.devices.filter(({ tokens }) => {
    const issued = tokens.flatMap((issuedToken) => issuedToken.generation ?? []);
    return issued.length > 0 && !issued.includes(generation ?? '');
  });
  if (stale.length === 0) return [];
  const names = stale.map(({ name, deviceId }) => name ?? deviceId.slice(0, 12)).join(', ');
  const evidence = `${names} were given access under another ${token.mode} than the present one`;
  const fix = [
    `give the Gateway the old ${token.mode} again, or enter the present one in each browser (openclaw gateway auth-token --show, on a terminal)`,
  ];
  return [
    {
      id: 'token-changed',
      layer: 'facts',
      severity: 'warn',
      title: `browsers will ask for the ${token.mode} again`,
      evidence,
      fix,
    },
  ];
}

import { describe, expect, it } from 'vitest';
import { askMetadata, detect, seenOf, type Traces } from '../../../../src/core/doctor/detect.ts';
import { PLATFORMS } from '../../../../src/core/doctor/platforms.ts';
import type { HttpAnswer, Prober } from '../../../../src/ports/prober.ts';
import { recordedMachine } from '../../../support/recorded-machine.ts';
import { type PlatformTraces, TRACES } from './platform-traces.ts';

const tracesOf = ({ env = {}, system = 'linux', ...recording }: PlatformTraces): Traces => ({
  machine: recordedMachine(recording),
  system,
  env,
  root: '',
  process: 'self',
});

const namesOf = (found: readonly { readonly platform: { readonly name: string } }[]) =>
  found.map(({ platform }) => platform.name);

describe('a platform', () => {
  it.each(TRACES)('%s is recognised, above %j', async (name, stack, traces) => {
    expect(namesOf(await detect(tracesOf(traces)))).toEqual([name, ...stack]);
  });

  it('is in the recordings, whichever it is', () => {
    expect(new Set(TRACES.map(([name]) => name))).toEqual(new Set(PLATFORMS.map(({ name }) => name)));
  });

  it.each(PLATFORMS.flatMap(({ name, evidence }) => evidence.map((one) => ({ name, one }))))(
    '$name is told by each piece of its evidence: $one.signs',
    async ({ one }) => {
      const seen = await Promise.all(TRACES.map(([, , traces]) => seenOf(one, tracesOf(traces))));
      expect(seen.some((signs) => signs !== null)).toBe(true);
    },
  );

  it('shows names of variables and never their values', async () => {
    const found = await detect(tracesOf({ env: { ZEABUR_SERVICE_ID: 'a-secret-value' } }));
    expect(found[0]?.seen).toEqual(['variable ZEABUR_SERVICE_ID']);
    expect(JSON.stringify(found)).not.toContain('a-secret-value');
  });

  it('is told by the files that the Gateway sees, where those are others', async () => {
    const files = { '/proc/77/root/.dockerenv': '', '/proc/77/cgroup': '0::/\n' };
    const traces = {
      machine: recordedMachine({ files }),
      system: 'linux',
      env: {},
      root: '/proc/77/root',
      process: '77',
    };
    expect(namesOf(await detect(traces))).toEqual(['docker', 'linux']);
  });

  it('of which no source is certain is a weak guess', async () => {
    const files = { '/sys/class/dmi/id/sys_vendor': 'ByteDance\n' };
    expect((await detect(tracesOf({ files })))[0]).toMatchObject({
      confidence: 'weak',
      seen: ['/sys/class/dmi/id/sys_vendor says ByteDance'],
    });
  });
});

describe('metadata services', () => {
  it('confirm a guess, and put what they are of first among machines', async () => {
    const found = await detect(tracesOf({ files: { '/.dockerenv': '' } }));
    const asked = await askMetadata(found, answering({ 'http://100.96.0.96/latest/meta-data/instance-id': 'i-ybx1' }));
    expect(namesOf(asked)).toEqual(['docker', 'volcengine', 'linux']);
    expect(asked[1]).toMatchObject({ confidence: 'certain', seen: ['metadata service 100.96.0.96'] });
  });

  it('prove nothing by an error page', async () => {
    const found = await detect(tracesOf({}));
    const page = '<html>captive portal</html>';
    const asked = await askMetadata(found, answering({ 'http://100.100.100.200/latest/meta-data/instance-id': page }));
    expect(namesOf(asked)).toEqual(['linux']);
  });
});

describe('every platform', () => {
  it.each(PLATFORMS)('$name says all that a fix needs, with sources, and no secret', (platform) => {
    expect(platform.state.mend.length).toBeGreaterThan(0);
    expect(platform.token.set.length).toBeGreaterThan(0);
    expect(platform.sources.length).toBeGreaterThan(0);
    expect(platform.probe.lengthen(300)).not.toBe('');
    expect(platform.trap).toMatch(/\.$/);
    expect(platform.name).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  it('has a name of its own', () => {
    expect(new Set(PLATFORMS.map(({ name }) => name)).size).toBe(PLATFORMS.length);
  });
});

function answering(bodies: Readonly<Record<string, string>>): Prober {
  const answer = (url: string): HttpAnswer => {
    const body = bodies[url];
    return body === undefined ? { status: null, reason: 'silent' } : { status: 200, body };
  };
  return {
    get: (url) => Promise.resolve(answer(url)),
    reach: () => Promise.resolve('silent'),
    connect: () => Promise.resolve(null),
  };
}

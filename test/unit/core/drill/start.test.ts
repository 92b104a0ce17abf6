import { expect, test } from 'vitest';
import { question } from '../../../../src/core/drill/questions.ts';
import { start } from '../../../../src/core/drill/start.ts';
import { readRestored } from '../../../../src/core/drill/subject.ts';
import { ClawbackError, type ErrorCode } from '../../../../src/ports/errors.ts';
import type { BootedGateway, BootRequest, GatewayBooter } from '../../../../src/ports/gateway.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { hostWith } from '../openclaw/host.ts';
import { CAPTURED, subjectAt } from './subject.ts';

/** A booter whose every boot ends like this. */
function ending(code: ErrorCode): GatewayBooter {
  return { boot: () => Promise.reject(new ClawbackError(code, 'it said so', { hint: 'do something' })) };
}

async function started(booter: GatewayBooter): Promise<Awaited<ReturnType<typeof start>>> {
  await using place = await temporaryDirectory();
  const environment = [{ name: 'NEEDED', source: 'process', sealed: true }];
  const subject = subjectAt(place.path, { manifest: { environment }, environment: { NEEDED: 'value', STRAY: 'x' } });
  const state = await readRestored(subject, hostWith('/nowhere', { HOST_ONLY: 'y' }));
  const token = { mode: 'token', value: 'literal' } as const;
  return await start({ subject, state, token }, booter, { scratch: place.path, signal: new AbortController().signal });
}

test('an openclaw that cannot be booted here is no answer, one that dies is a failure', async () => {
  expect((await started(ending('CANNOT_BOOT'))).check).toMatchObject({
    status: 'unknown',
    evidence: 'it said so',
    fix: 'do something',
  });
  expect((await started(ending('GATEWAY_DIED'))).check).toMatchObject({ status: 'fail', evidence: 'it said so' });
});

test('an interruption is not a finding', async () => {
  await expect(started(ending('ABORTED'))).rejects.toMatchObject({ code: 'ABORTED' });
});

test('the copy is to appear where it was captured, with the variables that it needs and no others', async () => {
  const asked: BootRequest[] = [];
  await started({
    boot: (request) => {
      asked.push(request);
      return Promise.reject(new ClawbackError('CANNOT_BOOT', ''));
    },
  });
  expect(asked).toMatchObject([{ mounts: [{ at: `${CAPTURED}/.openclaw` }], home: CAPTURED }]);
  expect(asked[0]?.environment).toEqual({ NEEDED: 'value' });
});

test('a gateway that goes away while it is asked fails the start', async () => {
  const gone = (): Promise<never> => Promise.reject(new ClawbackError('GATEWAY_DIED', 'the gateway exited with 1'));
  const gateway: BootedGateway = {
    ...{ openclawVersion: '2026.9.6', port: 18789, readyAfter: 1, probe: {}, connect: gone, call: gone, log: gone },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const secret = { mode: 'token', value: 'literal' } as const;
  const answers = await question(gateway, { secret, canary: undefined });
  expect(answers.died).toMatchObject({
    id: 'start',
    status: 'fail',
    evidence: 'it started, but then: the gateway exited with 1',
  });
});

import { expect, test } from 'vitest';
import { checkIdentity } from '../../../../src/core/drill/identity.ts';
import { compareWith } from '../../../../src/core/drill/other.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

function state(identity: string): Record<string, string> {
  const paired = { d: { deviceId: 'd', roles: ['operator'] } };
  return {
    'identity/device.json': JSON.stringify({ deviceId: identity }),
    'devices/paired.json': JSON.stringify(paired),
  };
}

test('a later life of the same installation is compared with, one that was set up from nothing is not', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, state('host'));
  const scratch = `${place.path}/scratch`;
  const then = { paired: [], pending: [], hostIdentity: 'host' };
  const live = { kind: 'live', stateDir: place.path } as const;
  expect((await compareWith(live, then, scratch))?.pairings.paired).toMatchObject([{ device: { deviceId: 'd' } }]);
  expect(await compareWith(live, { ...then, hostIdentity: 'another' }, scratch)).toBeNull();
  expect(await compareWith({ ...live, stateDir: '/nowhere' }, then, scratch)).toBeNull();
  expect(await compareWith(undefined, then, scratch)).toBeNull();
  const given = compareWith({ ...live, kind: 'given' }, { ...then, hostIdentity: 'another' }, scratch);
  await expect(given).rejects.toMatchObject({ code: 'STATE' });
});

test('a host that would be another one to its devices fails, one whose key is not in the snapshot is a remark', () => {
  expect(checkIdentity('a', 'a', 1).status).toBe('ok');
  expect(checkIdentity('a', 'b', 1)).toMatchObject({
    status: 'fail',
    evidence: 'a start made another key: device a became b',
  });
  expect(checkIdentity(null, 'b', 1).status).toBe('warn');
  expect(checkIdentity(null, 'b', 0).status).toBe('ok');
});

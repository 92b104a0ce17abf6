import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { readPairings } from '../../../../src/core/openclaw/pairing.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

const SCHEMA = `
  CREATE TABLE device_identities(identity_key, device_id);
  CREATE TABLE device_pairing_paired(device_id, public_key, platform, client_id, client_mode, browser_origin, roles_json,
    scopes_json, approved_scopes_json, tokens_json, pending_node_surface_json);
  CREATE TABLE device_pairing_pending(request_id, device_id, roles_json);
  INSERT INTO device_identities VALUES ('primary', 'host');
  INSERT INTO device_pairing_paired VALUES ('b', 'key', 'linux', 'openclaw-control-ui', 'webchat', 'https://claw.example',
    '["operator"]', '["operator.read"]', '["operator.read"]', '{"operator":{"token":"secret one","revokedAtMs":5}}', '{}');
  INSERT INTO device_pairing_pending VALUES ('r-1', 'n', '["node"]')`;

test('databases tell who may connect, who asks, and who the host is, and no token', async () => {
  await using place = await temporaryDirectory();
  const path = join(place.path, 'openclaw.sqlite');
  {
    using made = new DatabaseSync(path);
    made.exec(SCHEMA);
  }
  const found = await readPairings({ stateDir: place.path, config: {}, database: () => path });
  expect(found).toMatchObject({
    hostIdentity: 'host',
    paired: [
      {
        device: { deviceId: 'b', tokens: [{ role: 'operator', revoked: true }] },
        ...{ publicKey: 'key', browserOrigin: 'https://claw.example', awaitsCommands: true },
        approvedScopes: ['operator.read'],
      },
    ],
    pending: [{ requestId: 'r-1', device: { deviceId: 'n', roles: ['node'] } }],
  });
  expect(found.paired[0]?.tokens.get('operator')).toMatchObject({
    revoked: true,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
  });
  expect(JSON.stringify([found, [...(found.paired[0]?.tokens ?? [])]])).not.toContain('secret one');
});

test('the files of older releases tell the same, and lack what was not written down then', async () => {
  await using place = await temporaryDirectory();
  const tokens = { node: { token: 'secret two' } };
  await tree(place.path, {
    'devices/paired.json': JSON.stringify({ n: { deviceId: 'n', publicKey: 'key', roles: ['node'], tokens } }),
    'devices/pending.json': JSON.stringify({ 'r-2': { deviceId: 'c', role: 'operator' } }),
    'identity/device.json': JSON.stringify({ version: 1, deviceId: 'host' }),
  });
  expect(await readPairings({ stateDir: place.path, config: {}, database: () => null })).toMatchObject({
    hostIdentity: 'host',
    paired: [{ device: { deviceId: 'n' }, approvedScopes: null, awaitsCommands: false }],
    pending: [{ requestId: 'r-2', device: { deviceId: 'c', roles: ['operator'] } }],
  });
});

test('a state that is damaged or empty has nobody', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'openclaw.sqlite': 'no database at all', 'devices/paired.json': '{ "cut' });
  const view = { stateDir: place.path, config: {}, database: () => join(place.path, 'openclaw.sqlite') };
  expect(await readPairings(view)).toEqual({ paired: [], pending: [], hostIdentity: null });
});

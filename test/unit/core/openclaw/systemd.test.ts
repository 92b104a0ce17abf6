import { expect, it } from 'vitest';
import { systemdSources } from '../../../../src/core/openclaw/systemd.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { located } from './host.ts';

it('reads assignments as systemd does: quotes, escapes, continued lines, specifiers, files over settings', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, {
    'units/openclaw-gateway.service': `[Unit]
Description=OpenClaw Gateway
[Service]
Environment=A=1 "B=two words" 'C=it is' \\
  D=last
Environment="E=say \\"hi\\"" F=%h/x G=100%%
EnvironmentFile=-%h/one.env
EnvironmentFile=%h/missing.env
`,
    'units/openclaw-gateway.service.d/10-more.conf': '[Service]\nEnvironment=A=overridden\n',
    'units/unrelated.service': '[Service]\nEnvironment=A=no\n',
    'one.env': 'D=from file\nH="quoted"\n',
  });
  const [unit, ...others] = await systemdSources(located(home.path), [`${home.path}/units`]);
  expect(others).toEqual([]);
  expect(unit?.label).toBe(`systemd unit ${home.path}/units/openclaw-gateway.service`);
  expect(unit?.values).toEqual({
    A: 'overridden',
    B: 'two words',
    C: 'it is',
    D: 'from file',
    E: 'say "hi"',
    F: `${home.path}/x`,
    G: '100%',
    H: 'quoted',
  });
});

it('takes the unit that names this state directory, wherever it is', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, {
    'units/openclaw-gateway-a.service': `[Service]\nEnvironment=OPENCLAW_STATE_DIR=${home.path}/a X=a\n`,
    'units/openclaw-gateway-b.service': `[Service]\nEnvironment=OPENCLAW_STATE_DIR=${home.path}/b X=b\n`,
  });
  const place = { ...located(home.path), stateDir: `${home.path}/b` };
  const found = await systemdSources(place, [`${home.path}/units`]);
  expect(found.map(({ values }) => values['X'])).toEqual(['b']);
});

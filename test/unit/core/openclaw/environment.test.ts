import { expect, it } from 'vitest';
import { readConfig } from '../../../../src/core/openclaw/config.ts';
import { type EnvironmentContract, environmentContract, namesOnly } from '../../../../src/core/openclaw/environment.ts';
import { type Tree, temporaryDirectory, tree } from '../../../support/temporary.ts';
import { hostWith, located } from './host.ts';

const config =
  '{ a: "${FROM_PROCESS} ${FROM_UNIT} ${FROM_DOTENV} ${FROM_GATEWAY_ENV} ${FROM_COMPOSE} ${NOWHERE} ${HOME}" }';

async function contractOf(files: Tree, env: Readonly<Record<string, string>> = {}): Promise<EnvironmentContract> {
  await using home = await temporaryDirectory();
  await tree(home.path, { '.openclaw/openclaw.json': config, ...files });
  const place = located(home.path);
  const contract = await environmentContract(place, await readConfig(place), hostWith(home.path, env));
  const variables = contract.variables.map((variable) => ({
    ...variable,
    source: variable.source?.replace(home.path, '~') ?? null,
  }));
  return { variables, values: contract.values };
}

it('takes each variable from the first place that has it, and names the place', async () => {
  const unit = '.config/systemd/user/openclaw-gateway.service';
  const { variables, values } = await contractOf(
    {
      [unit]: '[Service]\nEnvironment="FROM_UNIT=from the unit" FROM_PROCESS=later\nEnvironmentFile=-%h/unit.env\n',
      [`${unit}.d/more.conf`]: '[Service]\nEnvironment=OPENAI_API_KEY=sk-1\n',
      'unit.env': 'FROM_UNIT_FILE=x\n',
      '.openclaw/.env': 'FROM_DOTENV="from .env"\nFROM_UNIT=later\nUNUSED=1\nFROM_COMPOSE=\n',
      '.config/openclaw/gateway.env': 'FROM_GATEWAY_ENV=g\n',
      'openclaw/docker-compose.yml': 'services: {}\n',
      'openclaw/.env': 'FROM_COMPOSE=c\nOPENCLAW_GATEWAY_TOKEN=t\n',
    },
    { FROM_PROCESS: 'p' },
  );
  expect(values).toEqual({
    FROM_COMPOSE: 'c',
    FROM_DOTENV: 'from .env',
    FROM_GATEWAY_ENV: 'g',
    FROM_PROCESS: 'p',
    FROM_UNIT: 'from the unit',
    OPENAI_API_KEY: 'sk-1',
    OPENCLAW_GATEWAY_TOKEN: 't',
  });
  expect(variables.map(({ name, source, sealed }) => [name, source, sealed])).toEqual([
    ['FROM_COMPOSE', 'compose .env ~/openclaw/.env', true],
    ['FROM_DOTENV', 'state .env', true],
    ['FROM_GATEWAY_ENV', '~/.config/openclaw/gateway.env', true],
    ['FROM_PROCESS', 'process', true],
    ['FROM_UNIT', `systemd unit ~/${unit}`, true],
    ['HOME', 'process', false],
    ['NOWHERE', null, false],
    ['OPENAI_API_KEY', `systemd unit ~/${unit}`, true],
    ['OPENCLAW_GATEWAY_TOKEN', 'compose .env ~/openclaw/.env', true],
  ]);
});

it('leaves out variables that nothing of OpenClaw asks for', async () => {
  const { variables } = await contractOf({ '.openclaw/.env': 'UNUSED=1\n' }, { EDITOR: 'vi' });
  expect(variables.map(({ name }) => name)).not.toContain('UNUSED');
  expect(variables.map(({ name }) => name)).not.toContain('EDITOR');
});

it("ignores the unit of another profile's Gateway", async () => {
  const { values } = await contractOf({
    '.config/systemd/user/openclaw-gateway-dev.service': '[Service]\nEnvironment=OPENCLAW_PROFILE=dev FROM_UNIT=dev\n',
    '.config/systemd/user/openclaw-gateway-x.service': '[Service]\nEnvironment=OPENCLAW_STATE_DIR=/srv/x FROM_UNIT=x\n',
  });
  expect(values).toEqual({});
});

it('still says that a value in a captured .env is in the snapshot when no values are sealed', async () => {
  const contract = namesOnly(await contractOf({ '.openclaw/.env': 'FROM_DOTENV=1\n' }, { FROM_PROCESS: 'p' }));
  expect(contract.values).toEqual({});
  expect(contract.variables.filter(({ sealed }) => sealed).map(({ name }) => name)).toEqual(['FROM_DOTENV']);
});

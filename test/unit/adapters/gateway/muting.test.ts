import { expect, test } from 'vitest';
import { mutedEnvironment } from '../../../../src/adapters/gateway/muting.ts';

const REQUEST = {
  muting: 'namespaces',
  mounts: [],
  stateDir: '/h/.openclaw',
  home: '/h',
  configPath: '/h/.openclaw/openclaw.json',
  scratch: '/s',
} as const;
const AT = { path: '/bin', port: null };

test('no variable of the snapshot turns a switch back on', () => {
  const environment = { OPENCLAW_SKIP_CRON: '0', HOME: '/elsewhere', PATH: '/elsewhere', TELEGRAM_BOT_TOKEN: 't' };
  expect(mutedEnvironment({ ...REQUEST, environment }, AT)).toMatchObject({
    ...{ OPENCLAW_SKIP_CRON: '1', OPENCLAW_SKIP_CHANNELS: '1', HOME: '/h', PATH: '/bin', TELEGRAM_BOT_TOKEN: 't' },
  });
});

test('every place is spelled out, whatever the snapshot says', () => {
  const environment = {
    OPENCLAW_STATE_DIR: '/elsewhere',
    OPENCLAW_CONFIG_PATH: '/elsewhere',
    OPENCLAW_HOME: '/elsewhere',
  };
  expect(mutedEnvironment({ ...REQUEST, environment }, AT)).toMatchObject({
    ...{ OPENCLAW_STATE_DIR: '/h/.openclaw', OPENCLAW_CONFIG_PATH: '/h/.openclaw/openclaw.json', OPENCLAW_HOME: '/h' },
  });
});

test('a rehearsal guards every process, and has its temporary files in its own directory', () => {
  const request = { ...REQUEST, muting: 'rehearsal', environment: { NODE_OPTIONS: '--inspect' } } as const;
  expect(mutedEnvironment(request, { path: '/bin', port: 4711 })).toMatchObject({
    NODE_OPTIONS: expect.stringMatching(/^--import=file:.*rehearsal-guard\.ts\?port=4711$/) as unknown,
    ...{ TMPDIR: '/h', XDG_CACHE_HOME: '/h/CACHE' },
  });
});

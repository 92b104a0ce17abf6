import { describe, expect, it } from 'vitest';
import { type Met, leftOut } from '../../../../src/core/openclaw/diet.ts';

const state = { name: 'state', kind: 'state', path: '/home/u/.openclaw', type: 'directory' } as const;
const workspace = { name: 'workspace-1', kind: 'workspace', path: '/home/u/clawd', type: 'directory' } as const;
const agent = { name: 'agent-1', kind: 'agent', path: '/srv/agent', type: 'directory' } as const;

function inState(relative: string, type: Met['type'] = 'file'): string | null {
  return leftOut({ root: state, relative, type });
}

describe('in the state directory', () => {
  it.each(['cache', 'tmp', 'logs', 'plugin-skills', 'npm', 'npm-runtime', 'git', 'dev', 'tools'])(
    'leaves out %s/ at the top, and only there',
    (name) => {
      expect(inState(name, 'directory')).not.toBeNull();
      expect(inState(`workspace/${name}`, 'directory')).toBeNull();
      expect(inState(`agents/main/agent/codex-home/${name}`, 'directory')).toBe(
        name === 'tmp' ? 'temporary files of an agent' : null,
      );
    },
  );

  it.each([
    ['browser/default/user-data/SingletonLock', 'symlink'],
    ['sandbox/skills-workspaces', 'directory'],
    ['telegram/ingress-spool-default', 'directory'],
    ['extensions/weather/node_modules', 'directory'],
    ['skills/a/b/node_modules', 'directory'],
    ['agents/main/agent/.tmp', 'directory'],
    ['gateway.pid', 'file'],
    ['agents/main/sessions/one.jsonl.lock', 'file'],
    ['state/openclaw.sqlite.tmp-01234567-89ab-4cde-8f01-23456789abcd', 'file'],
    ['agents/main/agent/openclaw-agent.sqlite.reindex-lock.sqlite', 'file'],
    ['openclaw.json.4711.tmp', 'file'],
    ['.clawback-staging', 'directory'],
    ['gateway.sock', 'socket'],
    ['some.fifo', 'fifo'],
  ] as const)('leaves out %s', (relative, type) => {
    expect(inState(relative, type)).not.toBeNull();
  });

  it.each([
    '.env',
    'openclaw.json',
    'openclaw.json.bak',
    'config-journal-fingerprint.key',
    'state/openclaw.sqlite',
    'state/openclaw-quarantine.sqlite',
    'agents/main/agent/openclaw-agent.sqlite',
    'agents/main/sessions/0c0ffee0.jsonl',
    'agents/main/sessions/a.jsonl.deleted.2026-01-01T00-00-00.abc.zst',
    'agents/main/sessions/cold/abc.jsonl.zst',
    'credentials/whatsapp/default/creds.json',
    'gateway/tls/gateway-cert.pem',
    'extensions/weather/package-lock.json',
    'extensions/weather/yarn.lock',
    'skills/a/poetry.lock',
    'projects/main/Cargo.lock',
    'workspace/yarn.lock',
    'workspace/notes.tmp',
    'workspace/node_modules',
    'cron/runs/one.jsonl',
  ])('keeps %s', (relative) => {
    expect(inState(relative)).toBeNull();
  });
});

describe('in a workspace', () => {
  it.each(['logs', 'dev', 'tmp', 'cache', 'git', 'tools', 'node_modules'])('keeps the directory %s', (relative) => {
    expect(leftOut({ root: workspace, relative, type: 'directory' })).toBeNull();
  });

  it.each(['yarn.lock', 'poetry.lock', 'a.pid', 'draft.tmp', 'data.sqlite'])('keeps the file %s', (relative) => {
    expect(leftOut({ root: workspace, relative, type: 'file' })).toBeNull();
  });

  it.each(['socket', 'fifo', 'device'] as const)('leaves out a %s, which no archive can hold', (type) => {
    expect(leftOut({ root: workspace, relative: 'x', type })).not.toBeNull();
  });
});

it('leaves out the locks of an agent directory that is elsewhere, and keeps the rest of it', () => {
  expect(
    leftOut({ root: agent, relative: 'openclaw-agent.sqlite.generation-lock.sqlite', type: 'file' }),
  ).not.toBeNull();
  expect(leftOut({ root: agent, relative: 'openclaw-agent.sqlite', type: 'file' })).toBeNull();
  expect(leftOut({ root: agent, relative: '', type: 'directory' })).toBeNull();
});

import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { settle } from '../../../../src/core/openclaw/settle.ts';
import { addRow } from '../../../support/openclaw-schema.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { state2026_3, state2026_6, state2026_9 } from './states.ts';

/** A state built at one path and then copied, as a restore does, to another. */
async function moved(
  build: (stateDir: string) => Promise<void>,
): Promise<AsyncDisposable & { from: string; to: string; moves: { from: string; to: string }[] }> {
  const home = await temporaryDirectory();
  const from = `${home.path}/old/.openclaw`;
  const to = `${home.path}/new/state`;
  await build(from);
  await cp(from, to, { recursive: true });
  return { from, to, moves: [{ from, to }], [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() };
}

function query(path: string, sql: string): unknown[] {
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

describe('at the same path', () => {
  it('removes what was bound to the old process, and nothing else', async () => {
    await using state = await moved(state2026_9);
    const control = `${state.to}/state/openclaw.sqlite`;
    const config = await readFile(`${state.to}/openclaw.json`, 'utf8');
    expect(await settle({ stateDir: state.to, moves: [] })).toEqual({
      leases: 2,
      queued: 1,
      rewritten: [],
      cronJobs: { before: 2, after: 2 },
    });
    for (const table of ['state_leases', 'agent_database_leases', 'delivery_queue_entries']) {
      expect(query(control, `SELECT * FROM ${table}`)).toEqual([]);
    }
    expect(query(control, 'SELECT entry_key FROM plugin_blob_entries')).toEqual([{ entry_key: 'long' }]);
    const [approvals] = query(control, 'SELECT raw_json, has_socket_token FROM exec_approvals_config');
    expect(approvals).toEqual({
      raw_json: `${JSON.stringify({ version: 1, socket: { path: `${state.from}/exec-approvals.sock` } }, null, 2)}\n`,
      has_socket_token: 0,
    });
    expect(query(control, 'SELECT count(*) AS devices FROM device_pairing_paired')).toEqual([{ devices: 1 }]);
    expect(await readFile(`${state.to}/openclaw.json`, 'utf8')).toBe(config);
  });

  it('keeps the queue if asked to', async () => {
    await using state = await moved(state2026_9);
    expect(await settle({ stateDir: state.to, moves: [], keepQueue: true })).toMatchObject({ leases: 2, queued: 0 });
    expect(query(`${state.to}/state/openclaw.sqlite`, 'SELECT id FROM delivery_queue_entries')).toEqual([{ id: '1' }]);
  });

  it('removes the queue and the socket token of older layouts, and keeps deliveries that had failed', async () => {
    await using state = await moved(state2026_3);
    expect(await settle({ stateDir: state.to, moves: [] })).toMatchObject({
      queued: 1,
      cronJobs: { before: 2, after: 2 },
    });
    expect(await readdir(`${state.to}/delivery-queue`)).toEqual(['failed']);
    expect(await readFile(`${state.to}/exec-approvals.json`, 'utf8')).not.toContain('secret');
  });
});

describe('at another path', () => {
  it('moves every cron job to the store that the Gateway looks for', async () => {
    await using state = await moved(state2026_9);
    const { cronJobs } = await settle({ stateDir: state.to, moves: state.moves });
    expect(cronJobs).toEqual({ before: 2, after: 2 });
    const jobs = query(`${state.to}/state/openclaw.sqlite`, 'SELECT DISTINCT store_key FROM cron_jobs');
    expect(jobs).toEqual([{ store_key: `${state.to}/cron/jobs.json` }]);
  });

  it('leaves no path of the old place in any database, except in what was said', async () => {
    await using state = await moved(state2026_9);
    await settle({ stateDir: state.to, moves: state.moves });
    const control = `${state.to}/state/openclaw.sqlite`;
    const agent = `${state.to}/agents/main/agent/openclaw-agent.sqlite`;
    const quarantine = `${state.to}/state/openclaw-quarantine.sqlite`;
    for (const [path, tables] of [
      [
        control,
        ['cron_jobs', 'exec_approvals_config', 'config_machine_state', 'config_health_entries', 'agent_databases'],
      ],
      [quarantine, ['agent_integrity_verifications']],
    ] as const) {
      for (const table of tables)
        expect(JSON.stringify(query(path, `SELECT * FROM ${table}`))).not.toContain(state.from);
    }
    const [opening, said] = query(agent, 'SELECT event_json, event_utf8_bytes FROM transcript_events ORDER BY seq') as {
      event_json: string;
      event_utf8_bytes: number;
    }[];
    expect(JSON.parse(opening?.event_json ?? '')).toMatchObject({ cwd: `${state.to}/workspace` });
    expect(opening?.event_utf8_bytes).toBe(opening?.event_json.length);
    expect(said?.event_json).toContain(state.from);
  });

  it('does not touch a sibling whose name begins alike', async () => {
    await using state = await moved(state2026_9);
    await settle({ stateDir: state.to, moves: state.moves });
    const [entry] = query(
      `${state.to}/agents/main/agent/openclaw-agent.sqlite`,
      'SELECT entry_json FROM session_nodes',
    ) as {
      entry_json: string;
    }[];
    expect(JSON.parse(entry?.entry_json ?? '')).toMatchObject({
      sessionRoot: `${state.to}/workspace`,
      sibling: `${state.from}-dev/x`,
    });
  });

  it('rewrites the config and its includes in place, comments and all', async () => {
    await using state = await moved(state2026_9);
    const config = await readFile(`${state.to}/openclaw.json`, 'utf8');
    const { rewritten } = await settle({ stateDir: state.to, moves: state.moves });
    expect(await readFile(`${state.to}/openclaw.json`, 'utf8')).toBe(config.replace(state.from, state.to));
    expect(await readFile(`${state.to}/more.json5`, 'utf8')).toBe(
      `{ note: "about ${state.from}/x, and ${state.from}-dev", logging: { file: "${state.to}/logs/a.log" } }`,
    );
    expect(rewritten).toContainEqual({ path: 'openclaw.json', values: 1 });
    expect(rewritten).toContainEqual({ path: 'more.json5', values: 1 });
  });

  it('rewrites only the restored copy when an include is named by its old absolute path', async () => {
    await using state = await moved(async (stateDir) => {
      await tree(stateDir, {
        'openclaw.json': JSON.stringify({ $include: `${stateDir}/inc.json` }),
        'inc.json': JSON.stringify({ a: `${stateDir}/a` }),
      });
    });
    await settle({ stateDir: state.to, moves: state.moves });
    expect(JSON.parse(await readFile(`${state.to}/openclaw.json`, 'utf8'))).toEqual({
      $include: `${state.to}/inc.json`,
    });
    expect(JSON.parse(await readFile(`${state.to}/inc.json`, 'utf8'))).toEqual({ a: `${state.to}/a` });
    expect(JSON.parse(await readFile(`${state.from}/inc.json`, 'utf8'))).toEqual({ a: `${state.from}/a` });
  });

  it('rewrites the session index of 2026.6', async () => {
    await using state = await moved(state2026_6);
    const { cronJobs, rewritten } = await settle({ stateDir: state.to, moves: state.moves });
    expect(cronJobs).toEqual({ before: 1, after: 1 });
    expect(rewritten).toContainEqual({ path: 'agents/main/sessions/sessions.json', values: 1 });
    expect(await readFile(`${state.to}/agents/main/sessions/sessions.json`, 'utf8')).toContain(
      `"sessionFile": "${state.to}/agents/main/sessions/one.jsonl"`,
    );
  });

  it('makes a path with ~ absolute only if it would mean another place', async () => {
    await using state = await moved(async (stateDir) => {
      await tree(stateDir, { 'openclaw.json': `{ a: '~/.openclaw/workspace', b: '~/clawd', c: '~' }` });
    });
    const home = state.from.replace('/.openclaw', '');
    await settle({ stateDir: state.to, moves: state.moves, homes: { from: home, to: home } });
    expect(await readFile(`${state.to}/openclaw.json`, 'utf8')).toBe(
      `{ a: '${state.to}/workspace', b: '~/clawd', c: '~' }`,
    );
  });

  it('moves roots outside the state directory, the innermost rule first', async () => {
    await using state = await moved(async (stateDir) => {
      await tree(stateDir, { 'openclaw.json': `{ w: '/srv/claw', x: "/srv/claw/it's", y: '/srv/other' }` });
    });
    const moves = [...state.moves, { from: '/srv', to: '/mnt' }, { from: '/srv/claw', to: "/new's" }];
    await settle({ stateDir: state.to, moves });
    expect(await readFile(`${state.to}/openclaw.json`, 'utf8')).toBe(
      `{ w: '/new\\'s', x: "/new's/it's", y: '/mnt/other' }`,
    );
  });

  it('does no more when it is done twice', async () => {
    await using state = await moved(state2026_9);
    await settle({ stateDir: state.to, moves: state.moves });
    expect(await settle({ stateDir: state.to, moves: state.moves })).toMatchObject({
      leases: 0,
      queued: 0,
      rewritten: [],
    });
  });
});

it('leaves every database whole, of the same schema, and alone in its directory', async () => {
  await using state = await moved(state2026_9);
  await settle({ stateDir: state.to, moves: state.moves });
  const names = [...(await readdir(`${state.to}/state`)), ...(await readdir(`${state.to}/agents/main/agent`))];
  expect(names.toSorted()).toEqual(['openclaw-agent.sqlite', 'openclaw-quarantine.sqlite', 'openclaw.sqlite']);
  for (const [path, version] of [
    ['state/openclaw.sqlite', 18],
    ['agents/main/agent/openclaw-agent.sqlite', 23],
  ] as const) {
    expect(query(`${state.to}/${path}`, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(query(`${state.to}/${path}`, 'PRAGMA user_version')).toEqual([{ user_version: version }]);
  }
});

it('refuses rather than lose a cron job', async () => {
  await using state = await moved(state2026_9);
  using control = new DatabaseSync(`${state.to}/state/openclaw.sqlite`);
  addRow(control, 'cron_jobs', {
    store_key: `${state.to}/cron/jobs.json`,
    job_id: 'daily',
    name: 'another',
    job_json: '{}',
  });
  control.close();
  await expect(settle({ stateDir: state.to, moves: state.moves })).rejects.toMatchObject({
    code: 'FAILED',
    message: '1 of 3 cron jobs would be lost',
  });
});

it('refuses a config whose paths it cannot find, and names it', async () => {
  await using state = await moved(async (stateDir) => {
    await tree(stateDir, { 'openclaw.json': '{ "gateway": { "mode": "lo' });
  });
  await expect(settle({ stateDir: state.to, moves: state.moves })).rejects.toMatchObject({
    code: 'FAILED',
    message: expect.stringContaining('openclaw.json') as string,
  });
});

it('refuses a database that is not one, and names it', async () => {
  await using state = await moved(state2026_9);
  await writeFile(`${state.to}/state/openclaw.sqlite`, 'SQLite format 3\0 and then nothing of the kind');
  await expect(settle({ stateDir: state.to, moves: [] })).rejects.toMatchObject({
    code: 'FAILED',
    message: expect.stringContaining('openclaw.sqlite') as string,
  });
});

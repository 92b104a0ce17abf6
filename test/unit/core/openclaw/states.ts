import { addRow, createDatabase } from '../../../support/openclaw-schema.ts';
import { tree } from '../../../support/temporary.ts';

const DEVICE = {
  platform: 'linux',
  clientId: 'openclaw-control-ui',
  clientMode: 'webchat',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.read', 'operator.write'],
  approvedScopes: ['operator.read'],
  createdAtMs: 1_795_402_608_106,
  approvedAtMs: 1_795_402_608_106,
};

const TOKENS = {
  operator: { token: 'plaintext-device-token', issuer: { kind: 'shared-gateway-auth', generation: 'eapM' } },
  node: { token: 'plaintext-node-token', revokedAtMs: 5 },
};

const message = (id: string, text: string): string =>
  JSON.stringify({ type: 'message', id, message: { role: 'user', content: text } });

/** A state directory as 2026.9.6 leaves it: two sessions, three messages (one mentions the path), two jobs, one device. */
export async function state2026_9(stateDir: string): Promise<void> {
  const config = `{ // kept
  agents: { defaults: { workspace: '${stateDir}/workspace' } },
  channels: { defaults: {}, telegram: { botToken: '\${TELEGRAM_BOT_TOKEN}' } },
  $include: './more.json5', }`;
  const more = `{ note: "about ${stateDir}/x, and ${stateDir}-dev", logging: { file: "${stateDir}/logs/a.log" } }`;
  await tree(stateDir, {
    'openclaw.json': config,
    'more.json5': more,
    'extensions/weather/openclaw.plugin.json': '{"id":"weather"}',
  });

  using state = createDatabase(`${stateDir}/state/openclaw.sqlite`, 'state');
  addRow(state, 'state_leases', { scope: 'gateway-owner', lease_key: 'global', owner: 'x' });
  addRow(state, 'agent_database_leases', { lease_id: 'l', agent_id: 'main', path: `${stateDir}/agents/main/agent/x` });
  addRow(state, 'agent_databases', { agent_id: 'main', path: 'agents/main/agent/openclaw-agent.sqlite' });
  addRow(state, 'delivery_queue_entries', { queue_name: 'outbound', id: '1', status: 'pending', entry_json: '{}' });
  addRow(state, 'plugin_blob_entries', { plugin_id: 'p', entry_key: 'short', metadata_json: '{}', expires_at: 1 });
  addRow(state, 'plugin_blob_entries', { plugin_id: 'p', entry_key: 'long', metadata_json: '{}' });
  const approvals = { version: 1, socket: { path: `${stateDir}/exec-approvals.sock`, token: 'secret' } };
  const socket_path = `${stateDir}/exec-approvals.sock`;
  const raw_json = `${JSON.stringify(approvals, null, 2)}\n`;
  addRow(state, 'exec_approvals_config', { config_key: 'default', raw_json, socket_path, has_socket_token: 1 });
  for (const job_id of ['daily', 'heartbeat']) {
    addRow(state, 'cron_jobs', { store_key: `${stateDir}/cron/jobs.json`, job_id, name: job_id, job_json: '{}' });
  }
  const installed = {
    index: { installRecords: { weather: {}, 'from-npm': {} }, workspaceDir: `${stateDir}/workspace` },
  };
  const value_json = JSON.stringify(installed);
  addRow(state, 'config_machine_state', { state_key: 'plugins.installedIndex', value_json });
  addRow(state, 'config_health_entries', { config_path: `${stateDir}/openclaw.json` });
  addRow(state, 'device_pairing_paired', {
    ...{
      device_id: 'cb37',
      public_key: 'k',
      display_name: 'Chrome',
      client_id: DEVICE.clientId,
      client_mode: 'webchat',
    },
    ...{ platform: 'linux', role: 'operator', roles_json: '["operator"]', approved_scopes_json: '["operator.read"]' },
    ...{ tokens_json: JSON.stringify(TOKENS), approved_via: 'silent', approved_at_ms: DEVICE.approvedAtMs },
  });

  using agent = createDatabase(`${stateDir}/agents/main/agent/openclaw-agent.sqlite`, 'agent');
  for (const id of ['one', 'cold']) {
    const entry = JSON.stringify({ sessionId: id, sessionRoot: `${stateDir}/workspace`, sibling: `${stateDir}-dev/x` });
    addRow(agent, 'session_nodes', { session_key: `agent:main:${id}`, current_session_id: id, entry_json: entry });
    addRow(agent, 'session_windows', { session_id: id, session_key: `agent:main:${id}` });
  }
  const events = [
    ['session', JSON.stringify({ type: 'session', id: 'one', cwd: `${stateDir}/workspace` })],
    ['message', message('m1', `${stateDir}/workspace`)],
    ['custom', '{"type":"custom","id":"c"}'],
  ] as const;
  for (const [seq, [event_type, event_json]] of events.entries()) {
    const event_utf8_bytes = Buffer.byteLength(event_json);
    addRow(agent, 'transcript_events', { session_id: 'one', seq, event_json, event_utf8_bytes });
    addRow(agent, 'transcript_event_identities', { session_id: 'one', seq, event_id: `e${seq}`, event_type });
  }
  const archive_sha256 = 'a'.repeat(64);
  const archive = { session_id: 'cold', archive_name: 'a.zst', archive_sha256, event_count: 3, storage: 'file' };
  addRow(agent, 'session_transcript_cold_archives', archive);

  using quarantine = createDatabase(`${stateDir}/state/openclaw-quarantine.sqlite`, 'quarantine');
  const path = `${stateDir}/agents/main/agent/openclaw-agent.sqlite`;
  addRow(quarantine, 'agent_integrity_verifications', { path });
}

/** As 2026.6.11 leaves it: cron jobs in a database, everything else in files. */
export async function state2026_6(stateDir: string): Promise<void> {
  await filesOf2026_6(stateDir);
  using state = createDatabase(`${stateDir}/state/openclaw.sqlite`, 'state-2026.6');
  addRow(state, 'cron_jobs', { store_key: `${stateDir}/cron/jobs.json`, job_id: 'daily', job_json: '{}' });
}

/** As 2026.3.8 leaves it: files alone. */
export async function state2026_3(stateDir: string): Promise<void> {
  await filesOf2026_6(stateDir);
  await tree(stateDir, {
    'cron/jobs.json': JSON.stringify({ version: 1, jobs: [{ id: 'daily' }, { id: 'weekly' }] }),
    'delivery-queue/1.json': '{}',
    'delivery-queue/failed/2.json': '{}',
    'exec-approvals.json': JSON.stringify({
      version: 1,
      socket: { path: `${stateDir}/exec-approvals.sock`, token: 'secret' },
    }),
  });
}

async function filesOf2026_6(stateDir: string): Promise<void> {
  const sessionFile = `${stateDir}/agents/main/sessions/one.jsonl`;
  const transcript = [
    JSON.stringify({ type: 'session', id: 'one' }),
    message('a', 'first'),
    message('b', 'second'),
    '{"type":"mess',
  ];
  await tree(stateDir, {
    'openclaw.json': JSON.stringify({
      meta: { lastTouchedVersion: '2026.6.11' },
      plugins: { installs: { weather: {} } },
    }),
    'devices/paired.json': JSON.stringify({ cb37: { ...DEVICE, displayName: 'Chrome', tokens: TOKENS } }),
    'devices/pending.json': JSON.stringify({ request: { deviceId: 'never' } }),
    'agents/main/sessions/sessions.json': JSON.stringify(
      { 'agent:main:one': { sessionId: 'one', sessionFile } },
      null,
      2,
    ),
    'agents/main/sessions/one.jsonl': transcript.join('\n'),
    'agents/main/sessions/old.jsonl.deleted.2026-01-01': message('z', 'gone'),
  });
}

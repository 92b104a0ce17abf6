import type { CauseId } from '../../../../src/core/doctor/causes.ts';

/** What a real OpenClaw 2026.9.6 said in each broken condition, recorded in November 2026; paths are shortened. */
export const START_LOGS: readonly (readonly [condition: string, cause: CauseId, text: string])[] = [
  [
    'a key of the config is unknown',
    'config-invalid',
    [
      '2026-11-26T06:32:48.029+00:00 [gateway] resolving authentication…',
      '2026-11-26T06:32:48.041+00:00 [gateway] starting...',
      '2026-11-26T06:32:48.867+00:00 [gateway] shutdown budget at startup: drain=315000ms shutdown=325000ms reserve=10000ms exitMargin=5000ms; source=Gateway stop policy=330000ms',
      '2026-11-26T06:32:49.159+00:00 [gateway] spawn broker ready pid=1156',
      '2026-11-26T06:32:49.815+00:00 Gateway failed to start: Invalid config at /home/node/.openclaw/openclaw.json:',
      'openclaw.json:1 — gateway: Unrecognized key: "bindd"',
      'Run "openclaw doctor --fix" to repair, then retry.',
      'If startup is still blocked, inspect the adjacent .bak backup before restoring it manually.',
      '2026-11-26T06:32:49.817+00:00 Run "openclaw doctor --fix" to repair the config, then retry.',
    ].join('\n'),
  ],
  [
    'the config is cut off',
    'config-invalid',
    [
      '2026-11-26T06:32:57.397+00:00 [gateway] loading configuration…',
      '2026-11-26T06:32:57.459+00:00 [gateway] resolving authentication…',
      '2026-11-26T06:32:57.477+00:00 Gateway start blocked: existing config is missing gateway.mode. Treat this as suspicious or clobbered config. Re-run `openclaw onboard --mode local` or `openclaw setup`, set gateway.mode=local manually, or pass --allow-unconfigured.',
      '2026-11-26T06:32:57.486+00:00 Config write audit: SQLite diagnostic_events/config-audit state (latest 50000 rows)',
    ].join('\n'),
  ],
  [
    'there is no config',
    'config-missing',
    ['Missing config. Run `openclaw setup` or set gateway.mode=local (or pass --allow-unconfigured).'].join('\n'),
  ],
  [
    'an include is gone',
    'include-missing',
    [
      '2026-11-26T06:32:52.304+00:00 [gateway] resolving authentication…',
      '2026-11-26T06:32:52.317+00:00 [gateway] starting...',
      '2026-11-26T06:32:53.420+00:00 [gateway] shutdown budget at startup: drain=315000ms shutdown=325000ms reserve=10000ms exitMargin=5000ms; source=Gateway stop policy=330000ms',
      '2026-11-26T06:32:53.790+00:00 [gateway] spawn broker ready pid=1279',
      '2026-11-26T06:32:54.669+00:00 Gateway failed to start: Invalid config at /home/node/.openclaw/openclaw.json:',
      '<root>: Failed to read include file: ./gone.json5 (resolved: /home/node/.openclaw/gone.json5)',
      'Run "openclaw doctor --fix" to repair, then retry.',
      'If startup is still blocked, inspect the adjacent .bak backup before restoring it manually.',
      '2026-11-26T06:32:54.685+00:00 Run "openclaw doctor --fix" to repair the config, then retry.',
    ].join('\n'),
  ],
  [
    'a secret is not set',
    'secret-missing',
    [
      '2026-11-26T06:21:21.936+00:00 [gateway] spawn broker ready pid=18400',
      '2026-11-26T06:21:22.387+00:00 [gateway] seeded gateway.controlUi.allowedOrigins ["http://localhost:21005","http://127.0.0.1:21005"] for bind=auto (required since v2026.2.26; see issue #29385). Applied for this runtime without writing config; add other origins to gateway.controlUi.allowedOrigins if needed.',
      '2026-11-26T06:21:22.429+00:00 [secrets] [SECRETS_DEGRADED] cold gateway:ingress-auth: secret reference was not found. Retry: openclaw secrets reload. event=secrets.degraded ownerKind=gateway ownerId=ingress-auth reason="secret reference was not found" state=cold retryHint="openclaw secrets reload"',
      '2026-11-26T06:21:22.545+00:00 [gateway] wrote stability bundle: /home/node/.openclaw/logs/stability/openclaw-stability-2026-11-26T06-21-22-542Z-18237-gateway.startup_failed.json',
      '2026-11-26T06:21:22.548+00:00 Gateway failed to start: Startup failed: required secrets are unavailable.. Run openclaw gateway status --deep for diagnostics.',
      '2026-11-26T06:21:22.600+00:00 ',
    ].join('\n'),
  ],
  [
    'no token is set beyond the loopback',
    'bind-without-auth',
    [
      '2026-11-26T06:21:54.475+00:00 [gateway] loading configuration…',
      '2026-11-26T06:21:54.958+00:00 [gateway] resolving authentication…',
      '2026-11-26T06:21:54.982+00:00 Refusing to bind gateway to lan without auth.',
      'Container environment detected — the gateway defaults to bind=auto (0.0.0.0) for port-forwarding compatibility.',
      'Set OPENCLAW_GATEWAY_TOKEN or OPENCLAW_GATEWAY_PASSWORD, or pass --token/--password *** start with auth.',
    ].join('\n'),
  ],
  [
    'its data is of a newer release',
    'schema-newer',
    [
      'Doctor could not enter maintenance. SqliteSchemaVersionError: This OpenClaw build cannot open your existing data.',
      'OpenClaw state database /home/node/.openclaw/state/openclaw.sqlite uses newer schema version 99; this build supports 18.',
      'Refused by OpenClaw 2026.9.6 (eb377ac) installed at /usr/lib/node_modules/openclaw.',
      'Use a build that supports schema 99 or newer with this state directory. To use an older build, restore your pre-update backup created with openclaw backup create.',
      'See https://docs.openclaw.ai/reference/database-schemas. Stop the Gateway service and other OpenClaw processes using this state, then run openclaw doctor --fix from an independent shell. | gateway.maintenance_required',
      '[gateway] refused startup because 1 OpenClaw database schema(s) are newer than this build. state database /home/node/.openclaw/state/openclaw.sqlite uses schema 99; this build supports 18; writer build 2026.9.6. Refused by OpenClaw 2026.9.6 (eb377ac) installed at /usr/lib/node_modules/openclaw. Run a build at least as new as the writer that supports these schemas, or stop the service and restore y',
      'Gateway failed to start: Gateway refused startup because 1 OpenClaw database schema(s) are newer than this build. state database /home/node/.openclaw/state/openclaw.sqlite uses schema 99; this build supports 18; writer build 2026.9.6. Refused by OpenClaw 2026.9.6 (eb377ac) installed at /usr/lib/node_modules/openclaw. Run a build at least as new as the writer that supports these schemas, or stop th',
    ].join('\n'),
  ],
  [
    'its control database is damaged',
    'database-corrupt',
    [
      'Doctor cannot repair this state: shared state database is unreadable at /home/node/.openclaw/state/openclaw.sqlite: database disk image is malformed. Stop OpenClaw processes, then restore this file from a verified backup; the unreadable database was left unchanged.',
      '[gateway] requires state migration. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix, then start it again with openclaw gateway start.',
      'Gateway failed to start: Doctor cannot repair this state: shared state database is unreadable at /home/node/.openclaw/state/openclaw.sqlite: database disk image is malformed. Stop OpenClaw processes, then restore this file from a verified backup; the unreadable database was left unchanged. | gateway.maintenance_required. Stop the service with openclaw gateway stop (or its service owner), then run ',
    ].join('\n'),
  ],
  [
    'the disk is full',
    'disk-full',
    [
      "Doctor cannot repair this state: shared state database is unreadable at /home/node/.openclaw/state/openclaw.sqlite: Unable to create fallback OpenClaw temp dir: /home/node/.cache/openclaw-0 | ENOSPC: no space left on device, mkdir '/home/node/.cache/openclaw-0' | ENOSPC. Stop OpenClaw processes, then restore this file from a verified backup; the unreadable database was left unchanged.",
      '[gateway] requires state migration. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix, then start it again with openclaw gateway start.',
      "Gateway failed to start: Doctor cannot repair this state: shared state database is unreadable at /home/node/.openclaw/state/openclaw.sqlite: Unable to create fallback OpenClaw temp dir: /home/node/.cache/openclaw-0 | ENOSPC: no space left on device, mkdir '/home/node/.cache/openclaw-0' | ENOSPC. Stop OpenClaw processes, then restore this file from a verified backup; the unreadable database was lef",
    ].join('\n'),
  ],
  [
    'the disk is read-only',
    'read-only',
    [
      "[state/db] skipped permission hardening for /home/node/.openclaw/state: Error: EROFS: read-only file system, chmod '/home/node/.openclaw/state'",
      "[state/db] skipped permission hardening for /home/node/.openclaw/state/openclaw.sqlite: Error: EROFS: read-only file system, chmod '/home/node/.openclaw/state/openclaw.sqlite'",
      "[state/db] skipped permission hardening for /home/node/.openclaw/state/openclaw.sqlite-wal: Error: EROFS: read-only file system, chmod '/home/node/.openclaw/state/openclaw.sqlite-wal'",
      "[state/db] skipped permission hardening for /home/node/.openclaw/state/openclaw.sqlite-shm: Error: EROFS: read-only file system, chmod '/home/node/.openclaw/state/openclaw.sqlite-shm'",
      'attempt to write a readonly database',
      '[gateway] requires state migration. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix, then start it again with openclaw gateway start.',
      'Gateway failed to start: attempt to write a readonly database | gateway.maintenance_required | ERR_SQLITE_ERROR. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix, then start it again with openclaw gateway start.',
    ].join('\n'),
  ],
  [
    'the port is taken',
    'port-in-use',
    [
      '2026-11-26T06:24:23.320+00:00 [shutdown] completed cleanly in 67ms',
      '2026-11-26T06:24:23.518+00:00 Gateway failed to start: another gateway instance is already listening on ws://0.0.0.0:21013 | listen EADDRINUSE: address already in use 0.0.0.0:21013 | EADDRINUSE',
      'If the gateway is supervised, stop it with: openclaw gateway stop',
      '2026-11-26T06:24:23.695+00:00 Port 21013 is already in use.',
      '2026-11-26T06:24:23.696+00:00 - pid 22644 root: /usr/bin/python3 -m http.server 21013 --bind 127.0.0.1 -d /home/node (127.0.0.1:21013)',
      '2026-11-26T06:24:23.697+00:00 - Another process is listening on this port.',
    ].join('\n'),
  ],
  [
    'the heap is too small',
    'out-of-memory',
    [
      '<--- Last few GCs --->',
      '[19395:0x395b6000]     3027 ms: Mark-Compact (reduce) 38.8 (43.1) -> 37.6 (40.8) MB, pooled: 0 MB, 168.93 / 0.00 ms  (+ 0.3 ms in 19 steps since start of marking, biggest step 0.1 ms, walltime since start of marking 275 ms) (average mu = 0.511, current mu[19395:0x395b6000]     3103 ms: Mark-Compact (reduce) 39.6 (41.5) -> 38.9 (42.2) MB, pooled: 0 MB, 15.35 / 0.04 ms  (+ 0.6 ms in 17 steps since start of marking, biggest step 0.1 ms, walltime since start of marking 76 ms) (average mu = 0.576, current mu =',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      '----- Native stack trace -----',
      ' 1: 0x931db0  [openclaw]',
      ' 2: 0x75968e node::OOMErrorHandler(char const*, v8::OOMDetails const&) [openclaw]',
      ' 3: 0xc70d60  [openclaw]',
      ' 4: 0xc70e4f  [openclaw]',
      ' 5: 0xf14725  [openclaw]',
    ].join('\n'),
  ],
  [
    'the variable of its token is not set',
    'token-missing',
    [
      '[config] warnings: gateway.auth.token: *** env var "OPENCLAW_GATEWAY_TOKEN" - feature using this value will be unavailable',
      '2026-11-26T06:33:13.409+00:00 [gateway] loading configuration…',
      '2026-11-26T06:33:15.182+00:00 [gateway] auth token was missing. Generated a runtime token for this startup without changing config; restart will generate a different token. Persist one with `openclaw config set gateway.auth.mode token` and `openclaw config set gateway.auth.token <token>`.',
      '2026-11-26T06:33:26.433+00:00 [gateway] ready',
    ].join('\n'),
  ],
  [
    'the variable of a channel is not set',
    'variable-missing',
    [
      '[config] warnings: channels.telegram.botToken: Missing env var "TELEGRAM_BOT_TOKEN" - feature using this value will be unavailable',
      '2026-11-26T06:33:42.731+00:00 [gateway] loading configuration…',
      '2026-11-26T06:33:51.755+00:00 [gateway] ready',
    ].join('\n'),
  ],
];

import type { Manifest } from '../../../../src/core/archive/manifest.ts';
import type { DrillSubject } from '../../../../src/core/drill/subject.ts';

/** Where the state of these tests was captured; no host has it. */
export const CAPTURED = '/no-such-home/node';

/** A restored copy of an installation that was captured at {@link CAPTURED}. */
export function subjectAt(
  copy: string,
  given: { manifest?: Partial<Manifest>; environment?: Record<string, string> } = {},
): DrillSubject {
  const stateDir = `${CAPTURED}/.openclaw`;
  const manifest: Manifest = {
    ...{ format: 1, kind: 'full', instance: 'test', createdAt: '2026-11-22T20:34:37Z', clawbackVersion: '0.1.0' },
    installation: {
      ...{
        openclawVersion: '2026.9.6',
        stateDir,
        configPath: `${stateDir}/openclaw.json`,
        home: CAPTURED,
        layout: 'sqlite',
      },
      ...{
        schema: { state: 18, agents: {} },
        gatewayPort: 18789,
        hostname: 'captured',
        platform: 'linux',
        arch: 'x64',
        nodeVersion: 'v24.21.0',
      },
    },
    roots: [{ name: 'state', kind: 'state', path: stateDir, type: 'directory' }],
    ...{ excluded: [], environment: [], devices: [], warnings: [], attachments: [] },
    token: { mode: 'token', winner: null, fingerprint: null, generation: null },
    counts: { agents: 0, sessions: 0, messages: 0, cronJobs: 0, devices: 0, channels: 0, plugins: 0 },
    files: { entries: 1, files: 1, bytes: 1, offset: 0, pages: [] },
    ...given.manifest,
  };
  const roots = manifest.roots.map((root) => ({ root, copy }));
  const integrity = { files: 1, bytes: 1, problems: [] };
  return {
    manifest,
    snapshotId: '20261122T203437Z-0123456789abcdef',
    roots,
    environment: given.environment ?? {},
    integrity,
  };
}

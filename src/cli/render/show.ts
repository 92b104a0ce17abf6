import type { ShowResult } from '../../commands/show.ts';
import type { Page } from '../page.ts';
import { facts, table } from '../table.ts';
import { formatBytes, formatCount, formatTime } from '../units.ts';

export function renderShow(result: ShowResult, page: Page): string {
  const { snapshot, installation, counts } = result;
  const sections = [
    facts([
      ['snapshot', `${page.styled('bold', snapshot.id)} (${snapshot.kind})`],
      ['instance', snapshot.instance],
      ['taken', formatTime(snapshot.createdAt)],
      ['size', `${formatBytes(snapshot.bytes)} sealed`],
      [
        'OpenClaw',
        `${installation.openclawVersion ?? 'unknown version'} on ${installation.hostname} (${installation.platform})`,
      ],
      ['state directory', installation.stateDir],
      ['holds', countsLine(counts)],
    ]),
    section(page, 'Roots', rootsTable(result)),
    section(page, 'Devices', devicesTable(result)),
    section(page, 'Environment', environmentTable(result)),
    section(page, 'Left out', excludedTable(result)),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function countsLine(counts: ShowResult['counts']): string {
  return [
    formatCount(counts.agents, 'agent'),
    formatCount(counts.sessions, 'session'),
    formatCount(counts.messages, 'message'),
    formatCount(counts.cronJobs, 'cron job'),
    formatCount(counts.devices, 'device'),
    formatCount(counts.channels, 'channel'),
    formatCount(counts.plugins, 'plugin'),
  ].join(', ');
}

function section(page: Page, title: string, body: string): string {
  return body === '' ? '' : `${page.styled('bold', title)}\n${body}`;
}

function rootsTable({ roots }: ShowResult): string {
  return table(
    [{ title: 'name' }, { title: 'captured from' }],
    roots.map(({ name, path }) => [name, path]),
  );
}

function devicesTable({ devices }: ShowResult): string {
  return table(
    [{ title: 'device' }, { title: 'roles' }, { title: 'last seen' }],
    devices.map(({ deviceId, name, roles, lastSeenAt }) => [
      name ?? deviceId.slice(0, 12),
      roles.join(', '),
      lastSeenAt === null ? 'never' : formatTime(lastSeenAt),
    ]),
  );
}

function environmentTable({ environment }: ShowResult): string {
  return table(
    [{ title: 'variable' }, { title: 'value' }, { title: 'found in' }],
    environment.map(({ name, source, sealed }) => [
      name,
      sealed ? 'sealed' : 'not in the snapshot',
      source ?? 'nowhere',
    ]),
  );
}

function excludedTable({ excluded }: ShowResult): string {
  return table(
    [{ title: 'path' }, { title: 'size', align: 'right' }, { title: 'why' }],
    excluded.map(({ path, bytes, reason }) => [path, formatBytes(bytes), reason]),
  );
}

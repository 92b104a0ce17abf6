import { expect, it } from 'vitest';
import { parseLocation } from '../../../../src/core/config/location.ts';

const BASE = { home: '/home/ada', directory: '/srv' };

it.each([
  ['file:///mnt/nas/claw', 'file:///mnt/nas/claw'],
  ['/mnt/nas/claw', 'file:///mnt/nas/claw'],
  ['/mnt/my nas#1', 'file:///mnt/my%20nas%231'],
  ['./backups', 'file:///srv/backups'],
  ['~/backups', 'file:///home/ada/backups'],
  ['file://~/backups', 'file:///home/ada/backups'],
  ['s3://bucket/claw?region=eu-central-1', 's3://bucket/claw?region=eu-central-1'],
  ['sftp://ada@host/claw', 'sftp://ada@host/claw'],
  ['rclone:remote:path', 'rclone:remote:path'],
])('%s is the location %s', (text, url) => {
  expect(parseLocation(text, BASE).href).toBe(url);
});

it.each(['', 'nas', String.raw`C:\backups`, 'file://mnt/nas'])('%j is refused', (text) => {
  expect(() => parseLocation(text, BASE)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
});

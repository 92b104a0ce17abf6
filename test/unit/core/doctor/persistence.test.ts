import { describe, expect, it } from 'vitest';
import { judgePersistence } from '../../../../src/core/doctor/judge/persistence.ts';
import { mountOf, parseMounts } from '../../../../src/core/doctor/mounts.ts';
import { examination, platformOf, STATE } from './examination.ts';

const ROOT = '600 500 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c\n';
const DISK = '25 1 8:1 / / rw,relatime - ext4 /dev/vda1 rw\n';
const on = (mount: string) => `${ROOT}710 600 ${mount}\n`;
const HEX = '0f'.repeat(32);

/** How mount tables say where a state directory is, as the sources of the platforms record them. */
const TABLES: readonly (readonly [what: string, platform: string, id: string, severity: string, table: string])[] = [
  ['the write layer of a container', 'docker', 'storage-fleeting', 'fail', ROOT],
  ['memory', 'linux', 'storage-fleeting', 'fail', on(`0:60 / ${STATE} rw - tmpfs tmpfs rw,size=64m`)],
  [
    'the root of an Unraid server, which is memory',
    'unraid',
    'storage-fleeting',
    'fail',
    '1 1 0:2 / / rw - rootfs rootfs rw\n',
  ],
  ['the root of Cloud Run', 'cloud-run', 'storage-fleeting', 'fail', '1 0 0:9 / / rw - 9p none rw\n'],
  [
    'an emptyDir',
    'kubernetes',
    'storage-fleeting',
    'fail',
    on(`8:1 /var/lib/kubelet/pods/1f/volumes/kubernetes.io~empty-dir/s ${STATE} rw - ext4 /dev/sda1 rw`),
  ],
  ['the root of an app platform, whatever its file system', 'fly', 'storage-fleeting', 'fail', DISK],
  ['a persistent volume of Kubernetes', 'kubernetes', 'storage', 'ok', on(`8:16 / ${STATE} rw - ext4 /dev/sdb rw`)],
  [
    'a volume of k3s on one node',
    'zeabur',
    'storage',
    'ok',
    on(`8:1 /var/lib/rancher/k3s/storage/pvc-1_ns_claw ${STATE} rw - ext4 /dev/sda1 rw`),
  ],
  [
    'a named volume',
    'docker',
    'storage',
    'ok',
    on(`8:1 /var/lib/docker/volumes/claw/_data ${STATE} rw - ext4 /dev/sda1 rw`),
  ],
  [
    'a volume without a name',
    'docker',
    'storage-anonymous',
    'warn',
    on(`8:1 /var/lib/docker/volumes/${HEX}/_data ${STATE} rw - ext4 /dev/sda1 rw`),
  ],
  ['a bind mount', 'docker', 'storage', 'ok', on(`8:1 /srv/openclaw ${STATE} rw - ext4 /dev/sda1 rw`)],
  [
    "Unraid's user share",
    'unraid',
    'storage-unfit',
    'info',
    on(`0:44 /appdata/openclaw ${STATE} rw - fuse.shfs shfs rw`),
  ],
  ['NFS', 'aws-ecs', 'storage-unfit', 'warn', on(`0:70 / ${STATE} rw - nfs4 127.0.0.1:/ rw,vers=4.1`)],
  ['a share of Windows', 'linux', 'storage-unfit', 'warn', on(`0:70 / ${STATE} rw - cifs //nas/claw rw`)],
  ['the drive of Windows', 'windows', 'storage-unfit', 'warn', on(`0:70 / ${STATE} rw - 9p C:\\134 rw,aname=drvfs`)],
  [
    'object storage of Google behind FUSE',
    'gke',
    'storage-unfit',
    'fail',
    on(`0:71 / ${STATE} rw - fuse.gcsfuse bucket rw`),
  ],
  [
    'object storage of Alibaba behind FUSE',
    'alibaba',
    'storage-unfit',
    'fail',
    on(`0:71 / ${STATE} rw - fuse.ossfs2 bucket rw`),
  ],
  ['rclone', 'linux', 'storage-unfit', 'fail', on(`0:71 / ${STATE} rw - fuse.rclone remote:claw rw`)],
  ['sshfs', 'linux', 'storage-unfit', 'fail', on(`0:71 / ${STATE} rw - fuse.sshfs user@host: rw`)],
  ['the system disk of a machine of one’s own', 'linux', 'storage', 'ok', DISK],
  ...['alibaba', 'volcengine', 'aws-ec2', 'gce'].map(
    (cloud) => ['the system disk of a cloud', cloud, 'storage-system-disk', 'warn', DISK] as const,
  ),
  ...['alibaba', 'volcengine', 'aws-ec2', 'gce'].map(
    (cloud) =>
      [
        'a data disk of a cloud',
        cloud,
        'storage',
        'ok',
        `${DISK}30 25 254:16 / /home/node rw - ext4 /dev/vdb rw\n`,
      ] as const,
  ),
];

describe('a state directory', () => {
  it.each(TABLES)('on %s (%s) is %s, %s', (_, platform, id, severity, table) => {
    const mounts = parseMounts(table);
    const seen = examination({
      platform: platformOf(platform),
      storage: { ...examination().storage, mounts, mount: mountOf(STATE, mounts) },
    });
    const { findings, fact } = judgePersistence(seen);
    expect(findings[0]).toMatchObject({ id, severity, layer: 'facts' });
    expect(fact.found).toContain(STATE);
    if (severity === 'fail' || severity === 'warn') {
      expect(findings[0]?.fix).toEqual(expect.arrayContaining([...platformOf(platform).state.mend]));
    }
  });

  it('on an instance store is lost when the instance stops, by what the disk calls itself', () => {
    const mounts = parseMounts(`${DISK}30 25 259:1 / /home/node rw - ext4 /dev/nvme1n1 rw\n`);
    const storage = {
      ...examination().storage,
      mounts,
      mount: mountOf(STATE, mounts),
      model: 'Amazon EC2 NVMe Instance Storage',
    };
    expect(judgePersistence(examination({ storage })).findings[0]).toMatchObject({ id: 'storage-fleeting' });
  });

  it('in a write layer beside a volume is told of that volume first', () => {
    const mounts = parseMounts(on('8:16 / /data rw - ext4 /dev/sdb rw'));
    const storage = { ...examination().storage, mounts, mount: mountOf(STATE, mounts) };
    const [finding] = judgePersistence(examination({ platform: platformOf('docker'), storage })).findings;
    expect(finding?.fix?.[0]).toContain('OPENCLAW_STATE_DIR=/data/.openclaw');
  });
});

describe('the mount of a path', () => {
  it('is the deepest, and of several at one place the last', () => {
    const mounts = parseMounts(
      `${DISK}30 25 8:2 / /home rw - xfs /dev/sdb rw\n31 30 0:9 / /home rw - tmpfs tmpfs rw\n`,
    );
    expect(mountOf('/home/node', mounts)).toMatchObject({ type: 'tmpfs' });
    expect(mountOf('/homestead', mounts)).toMatchObject({ mountPoint: '/' });
  });

  it('may have spaces in its name, and optional fields before the dash', () => {
    const [mount] = parseMounts(
      '36 35 98:0 /mnt1 /mnt\\040two rw,noatime master:1 propagate_from:2 - ext3 /dev/my\\040root ro,errors=continue\n',
    );
    expect(mount).toMatchObject({ mountPoint: '/mnt two', source: '/dev/my root', readOnly: true, type: 'ext3' });
  });
});

import type { Platform } from '../platform.ts';
import { ontoDataDisk, unitProbe, unitToken } from './machine-advice.ts';
import { certain, dmi } from './signs.ts';

export const awsEc2: Platform = {
  name: 'aws-ec2',
  title: 'AWS EC2',
  stratum: 'machine',
  evidence: [
    certain(dmi('sys_vendor', /^Amazon EC2/)),
    certain(dmi('bios_vendor', /^Amazon EC2/)),
    certain({ file: '/sys/hypervisor/uuid', is: /^ec2/i }),
    certain(dmi('bios_version', /amazon/i)),
  ],
  // Answers with a session token, which is thrown away; hop limit 1 keeps it from containers.
  metadata: {
    url: 'http://169.254.169.254/latest/api/token',
    method: 'PUT',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
    is: /^[\w+/=-]{20,}$/,
  },
  state: {
    directory: '/data/openclaw/.openclaw',
    mount: '/data',
    root: 'system-disk',
    lostAt: 'the instance is terminated: the root volume is deleted by default, an instance store always',
    survives: 'an EBS volume that was attached later, or whose DeleteOnTermination is false',
    mend: ontoDataDisk(
      'aws ec2 create-volume, then aws ec2 attach-volume --volume-id VOLUME --instance-id INSTANCE --device /dev/sdf',
    ),
  },
  token: unitToken,
  probe: unitProbe,
  snapshots: {
    what: 'EBS snapshots, by hand or by Data Lifecycle Manager',
    command: 'aws ec2 create-snapshot --volume-id VOLUME',
  },
  trap: 'A data volume that was added when the instance was launched by the command line is deleted with it as well: set DeleteOnTermination=false.',
  ready: {
    kind: 'machine',
    fetchSecret: 'aws secretsmanager get-secret-value --query SecretString --output text --secret-id "$1"',
  },
  sources: [
    'https://github.com/systemd/systemd (src/basic/virt.c)',
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html',
  ],
};

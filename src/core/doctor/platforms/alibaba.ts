import type { Platform } from '../platform.ts';
import { ontoDataDisk, unitProbe, unitToken } from './machine-advice.ts';
import { certain, dmi, likely } from './signs.ts';

/** The Simple Application Server cannot be told from ECS by what the machine shows, so both are one row. */
export const alibaba: Platform = {
  name: 'alibaba',
  title: 'Alibaba Cloud (ECS or Simple Application Server)',
  stratum: 'machine',
  evidence: [
    certain(dmi('product_name', /^Alibaba Cloud ECS/)),
    certain(dmi('sys_vendor', /^Alibaba/)),
    likely({ file: '/etc/cloud/cloud.cfg.d/aliyun_cloud.cfg' }),
  ],
  metadata: { url: 'http://100.100.100.200/latest/meta-data/instance-id', is: /^i-/ },
  state: {
    directory: '/data/openclaw/.openclaw',
    mount: '/data',
    root: 'system-disk',
    lostAt:
      'the system is reset or its image changed: the system disk is wiped, and snapshots of a Simple Application Server from before cannot be rolled back',
    survives: 'a data disk (ECS); on a Simple Application Server nothing but what is stored elsewhere',
    mend: [
      ...ontoDataDisk('ECS: attach a data disk'),
      'Simple Application Server: a backup in OSS before every reset: clawback backup',
    ],
  },
  token: unitToken,
  probe: unitProbe,
  snapshots: {
    what: 'ECS: snapshots and automatic policies. Simple Application Server: 3 at most, deleted when it expires, useless after a reset',
    command: null,
  },
  trap: 'The console calls it a reset and means a new disk: the token, all keys and every device approval are gone with ~/.openclaw. And do not open the Control UI to the internet: use an SSH tunnel.',
  ready: { kind: 'machine', fetchSecret: null },
  doubts: [
    'Whether a data disk of ECS outlasts a replaced system disk: the call does not name it, and no page that was read says so.',
    'Which of the two products this is: a Simple Application Server is taken to show what ECS shows.',
  ],
  sources: [
    'https://github.com/canonical/cloud-init (tools/ds-identify)',
    'https://www.alibabacloud.com/help/en/simple-application-server/api-resetsystem',
    'https://www.alibabacloud.com/help/id/ecs/developer-reference/api-ecs-2014-05-26-replacesystemdisk',
  ],
};

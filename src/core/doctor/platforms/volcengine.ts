import type { Platform } from '../platform.ts';
import { ontoDataDisk, unitProbe, unitToken } from './machine-advice.ts';
import { dmi, weak } from './signs.ts';

export const volcengine: Platform = {
  name: 'volcengine',
  title: 'Volcengine (BytePlus)',
  stratum: 'machine',
  // No public source names its DMI strings: what is here is a guess, and says so.
  evidence: [
    weak(dmi('sys_vendor', /volc|byted/i)),
    weak(dmi('product_name', /volc|byted/i)),
    weak(dmi('bios_vendor', /volc|byted/i)),
    weak({ file: '/var/log/openclaw-setup.log' }, { variable: 'ARK_API_KEY' }),
  ],
  metadata: { url: 'http://100.96.0.96/latest/meta-data/instance-id', is: /^i-/ },
  state: {
    directory: '/data/openclaw/.openclaw',
    mount: '/data',
    root: 'system-disk',
    lostAt: 'the system disk is replaced, as when the image is changed',
    survives: 'a data volume',
    mend: ontoDataDisk('attach a data volume to the instance'),
  },
  token: unitToken,
  probe: unitProbe,
  snapshots: { what: 'EBS snapshots of the volume', command: null },
  trap: 'A rebuild from the same image looks like a restart and leaves the system disk empty.',
  ready: { kind: 'machine', fetchSecret: null },
  doubts: [
    'What its machines show of themselves: no public source says, so that it is recognised by a guess.',
    'Whether a data volume outlasts a change of the image: the call is about the system volume alone.',
  ],
  sources: [
    'https://github.com/volcengine/volcengine-csi-driver (cmd/ebsplugin/main.go)',
    'https://www.volcengine.com/docs/6396/101073',
  ],
};

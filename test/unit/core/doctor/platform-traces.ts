import type { Recording } from '../../../support/recorded-machine.ts';

/** What a Gateway's surroundings show on one platform, as the sources that the platform's data file names record it. */
export interface PlatformTraces extends Recording {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: linux. */
  readonly system?: string;
}

const dmi = (fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`/sys/class/dmi/id/${name}`, `${value}\n`]));

const EC2 = dmi({
  sys_vendor: 'Amazon EC2',
  product_name: 'm6i.large',
  bios_vendor: 'Amazon EC2',
  board_asset_tag: 'i-0abc',
});
const GCE = dmi({ sys_vendor: 'Google', product_name: 'Google Compute Engine', bios_vendor: 'Google' });
const POD = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
const OVERLAY = '600 500 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c\n';

/** By the name of the platform that is to be recognised, and what else there is to say of the recording. */
export const TRACES: readonly (readonly [name: string, stack: readonly string[], traces: PlatformTraces])[] = [
  ['alibaba', ['linux'], { files: dmi({ sys_vendor: 'Alibaba Cloud', product_name: 'Alibaba Cloud ECS' }) }],
  ['alibaba', ['linux'], { files: { '/etc/cloud/cloud.cfg.d/aliyun_cloud.cfg': 'datasource_list: [ AliYun ]\n' } }],
  ['volcengine', ['linux'], { files: dmi({ sys_vendor: 'QEMU', bios_vendor: 'Bytedance' }) }],
  ['volcengine', ['linux'], { files: dmi({ sys_vendor: 'ByteDance', product_name: 'Volcengine ECS' }) }],
  ['volcengine', ['linux'], { files: { '/var/log/openclaw-setup.log': 'done\n' }, env: { ARK_API_KEY: 'secret' } }],
  [
    'zeabur',
    ['kubernetes', 'linux'],
    { env: { ...POD, ZEABUR_SERVICE_ID: '65a', ZEABUR_PROJECT_ID: '65b', ZEABUR_WEB_URL: 'https://x.zeabur.app' } },
  ],
  ['unraid', ['linux'], { files: { '/etc/unraid-version': 'version="7.1.4"\n' } }],
  [
    'unraid',
    ['docker', 'linux'],
    {
      env: { HOST_OS: 'Unraid', HOST_HOSTNAME: 'Tower', HOST_CONTAINERNAME: 'openclaw' },
      files: {
        '/.dockerenv': '',
        '/proc/self/mountinfo': `${OVERLAY}710 600 0:44 /appdata/openclaw /home/node/.openclaw rw,relatime - fuse.shfs shfs rw,user_id=0\n`,
      },
    },
  ],
  [
    'unraid',
    ['linux'],
    {
      files: {
        '/proc/self/mountinfo': `${OVERLAY}710 600 0:44 /appdata/openclaw /home/node/.openclaw rw,relatime - fuse.shfs shfs rw,user_id=0\n`,
      },
    },
  ],
  ['aws-ec2', ['linux'], { files: EC2 }],
  ['aws-ec2', ['linux'], { files: { '/sys/hypervisor/uuid': 'ec2e1916-9099-7caf-fd21-012345abcdef\n' } }],
  ['aws-ec2', ['linux'], { files: dmi({ sys_vendor: 'Xen', bios_version: '4.2.amazon' }) }],
  [
    'aws-ecs',
    ['docker', 'aws-ec2', 'linux'],
    {
      env: { AWS_EXECUTION_ENV: 'AWS_ECS_EC2', ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/abc' },
      files: { ...EC2, '/.dockerenv': '' },
    },
  ],
  [
    'aws-fargate',
    ['aws-ecs', 'linux'],
    { env: { AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE', ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/abc' } },
  ],
  ['aws-eks', ['kubernetes', 'aws-ec2', 'linux'], { env: POD, files: EC2 }],
  [
    'aws-eks',
    ['kubernetes', 'linux'],
    { env: { ...POD, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' } },
  ],
  [
    // On EKS with Fargate.
    'aws-eks',
    ['kubernetes', 'linux'],
    { files: { '/proc/self/cgroup': '4:memory:/ecs/1a2b/kubepods/besteffort/pod9\n' } },
  ],
  ['gce', ['linux'], { files: GCE }],
  ['gke', ['kubernetes', 'gce', 'linux'], { env: POD, files: GCE }],
  [
    'cloud-run',
    ['gce', 'linux'],
    {
      env: { K_SERVICE: 'openclaw', K_REVISION: 'openclaw-00001-abc', K_CONFIGURATION: 'openclaw', PORT: '8080' },
      files: { '/sys/class/dmi/id/product_name': 'Google Compute Engine\n' },
    },
  ],
  ['kubernetes', ['linux'], { env: POD }],
  [
    // OpenClaw's own manifest mounts no service account.
    'kubernetes',
    ['linux'],
    {
      files: {
        '/proc/self/mountinfo': `${OVERLAY}712 600 8:1 /var/lib/kubelet/pods/1f2e/volumes/kubernetes.io~empty-dir/tmp /tmp rw - ext4 /dev/sda1 rw\n`,
      },
    },
  ],
  ['kubernetes', ['linux'], { files: { '/var/run/secrets/kubernetes.io/serviceaccount/namespace': 'openclaw' } }],
  [
    'kubernetes',
    ['linux'],
    { files: { '/proc/self/cgroup': '0::/kubepods.slice/kubepods-pod1f.slice/cri-2.scope\n' } },
  ],
  ['docker', ['linux'], { files: { '/.dockerenv': '', '/proc/self/mountinfo': OVERLAY } }],
  ['docker', ['linux'], { env: { container: 'podman' } }],
  ['docker', ['linux'], { files: { '/run/.containerenv': 'engine="podman-5.2.1"\n' } }],
  ['docker', ['linux'], { files: { '/proc/self/cgroup': '12:cpu:/docker/3b1e\n1:name=systemd:/docker/3b1e\n' } }],
  [
    'docker',
    ['linux'],
    {
      files: {
        '/proc/self/mountinfo': `${OVERLAY}711 600 8:1 /var/lib/docker/volumes/openclaw/_data /home/node/.openclaw rw - ext4 /dev/sda1 rw\n`,
      },
    },
  ],
  [
    'railway',
    ['linux'],
    { env: { RAILWAY_PROJECT_ID: 'a', RAILWAY_SERVICE_ID: 'b', RAILWAY_ENVIRONMENT_NAME: 'production' } },
  ],
  ['fly', ['linux'], { env: { FLY_APP_NAME: 'claw', FLY_MACHINE_ID: '148', FLY_REGION: 'ams' } }],
  ['render', ['linux'], { env: { RENDER: 'true', RENDER_EXTERNAL_HOSTNAME: 'claw.onrender.com' } }],
  ['coolify', ['linux'], { env: { COOLIFY_FQDN: 'claw.example.org' } }],
  ['coolify', ['linux'], { env: { COOLIFY_CONTAINER_NAME: 'openclaw-x4k' } }],
  ['coolify', ['docker', 'linux'], { env: { COOLIFY_RESOURCE_UUID: 'x4k' }, files: { '/.dockerenv': '' } }],
  ['macos', [], { system: 'darwin' }],
  ['windows', [], { system: 'win32' }],
  ['windows', ['linux'], { files: { '/proc/sys/kernel/osrelease': '6.6.87.2-microsoft-standard-WSL2\n' } }],
  ['linux', [], {}],
  // App Engine and Knative set the variables of Cloud Run.
  ['linux', [], { env: { GAE_SERVICE: 'default', K_SERVICE: 'default', K_REVISION: '1', K_CONFIGURATION: 'default' } }],
  ['kubernetes', ['linux'], { env: { ...POD, K_SERVICE: 'x', K_REVISION: 'x-1', K_CONFIGURATION: 'x' } }],
  [
    // The node itself sees the mounts of its pods, and the volumes of its containers.
    'linux',
    [],
    {
      files: {
        '/proc/self/mountinfo':
          '25 1 8:1 / / rw - ext4 /dev/sda1 rw\n90 25 0:70 / /var/lib/kubelet/pods/1f2e/volumes/kubernetes.io~secret/s rw - tmpfs tmpfs rw\n91 25 0:71 / /var/lib/docker/volumes rw - ext4 /dev/sdb rw\n',
      },
    },
  ],
];

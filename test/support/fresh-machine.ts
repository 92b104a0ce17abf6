import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LAUNCHER } from './cli.ts';
import { tree } from './temporary.ts';

const run = promisify(execFile);

export interface FreshMachineOptions {
  /** Scratch. */
  readonly place: string;
  /** What cloud-init is given. */
  readonly userData: string;
  /**
   * Entry script of OpenClaw, which is installed there already, as Clawback is, on a copy of this machine without a network. Or a root
   * file system that has neither, on this machine's network.
   */
  readonly on: { readonly openclaw: string } | { readonly base: string };
  /** Files that are there, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** Directories of this machine, and what they are called there. */
  readonly shared: Readonly<Record<string, string>>;
}

/** A machine that systemd and cloud-init brought up; disposing destroys it. */
export interface FreshMachine extends AsyncDisposable {
  /** What systemd and cloud-init said. */
  log(): string;
  /** Runs a program there. @returns its standard output */
  exec(...words: readonly string[]): Promise<string>;
  /** Runs a program of this machine on that one's network. */
  onNetwork(...words: readonly string[]): Promise<string>;
}

/** Touches the kernel, which is shared, or waits for devices that a container has not. */
const MASKED = [
  ...['systemd-sysctl', 'systemd-modules-load', 'systemd-binfmt', 'systemd-udevd', 'systemd-udev-trigger'],
  ...['lvm2-monitor', 'blk-availability', 'systemd-random-seed', 'systemd-remount-fs', 'keyboard-setup'],
].map((name) => `${name}.service`);

const OTHERS_MASKED = ['proc-sys-fs-binfmt_misc.automount', 'systemd-journald-audit.socket'];

const STAGES = ['cloud-init-local', 'cloud-init', 'cloud-config', 'cloud-final'].map((name) => `${name}.service`);

const CLOUD = `datasource_list: [NoCloud]
network: {config: disabled}
cloud_init_modules: [write_files]
cloud_final_modules: [scripts_user]
`;

/** The others would ask for packages, keys and disks. */
const WITHOUT_NETWORK = 'cloud_config_modules: [runcmd]\n';

const WITH_NETWORK = `system_info: {distro: debian}
cloud_config_modules: [runcmd]
cloud_final_modules: [package_update_upgrade_install, scripts_user]
`;

/** Boots a fresh machine: a root of its own with empty homes, real systemd as its process 1, and real cloud-init. */
export async function freshMachine({ place, userData, on, files, shared }: FreshMachineOptions): Promise<FreshMachine> {
  const seed = join(place, 'seed');
  const root = join(place, 'machine');
  await mkdir(root, { recursive: true });
  const ready = 'openclaw' in on ? await installed(on.openclaw, seed) : {};
  await tree(seed, {
    'etc/cloud/cloud.cfg': 'openclaw' in on ? CLOUD + WITHOUT_NETWORK : CLOUD + WITH_NETWORK,
    'etc/systemd/system/fresh-machine.target': `[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=${STAGES.join(' ')}\n`,
    'var/lib/cloud/seed/nocloud/user-data': userData,
    'var/lib/cloud/seed/nocloud/meta-data': 'instance-id: fresh\n',
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(1), text])),
  });
  const units = join(seed, 'etc/systemd/system');
  for (const name of [...MASKED, ...OTHERS_MASKED]) await symlink('/dev/null', join(units, name));
  const script = fileURLToPath(new URL('clean-root.sh', import.meta.url));
  const own = ['--mount', '--pid', '--uts', '--ipc', '--cgroup', ...('openclaw' in on ? ['--net'] : [])];
  const base = 'openclaw' in on ? '/' : on.base;
  const mounts = Object.entries({ ...ready, ...shared }).map((pair) => pair.join('='));
  const options = [...own, '--mount-proc', '--fork', '--kill-child', script, root, base, seed, ...mounts];
  const child = spawn('unshare', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const inside = async (...words: readonly string[]): Promise<string> => {
    const pid = await initOf(child.pid ?? 0);
    return (await run('nsenter', ['--target', pid, ...words], { timeout: 1_000_000 })).stdout;
  };
  return {
    log: () => log,
    exec: (...words) => inside('--mount', '--pid', '--net', '--uts', '--root', '--wd=/', '--', ...words),
    onNetwork: (...words) => inside('--net', '--', ...words),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await gone;
    },
  };
}

/** Puts programs where the units look for them. @returns directories to share */
async function installed(openclaw: string, seed: string): Promise<Record<string, string>> {
  const modules = dirname(dirname(openclaw));
  const bin = join(seed, 'usr/local/bin');
  await mkdir(bin, { recursive: true });
  await copyFile(process.execPath, join(bin, 'node'));
  await symlink('/opt/clawback/bin/clawback.js', join(bin, 'clawback'));
  const started = `#!/bin/sh\nexec node /opt/node_modules/${relative(modules, openclaw)} "$@"\n`;
  await writeFile(join(bin, 'openclaw'), started, { mode: 0o755 });
  // Not where they are here: a service with a /tmp or a /home of its own would miss them.
  return { [dirname(dirname(LAUNCHER))]: '/opt/clawback', [modules]: '/opt/node_modules' };
}

/** The process that is 1 in the namespace of `unshare`'s child. */
async function initOf(unshare: number): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const [pid] = (await readFile(`/proc/${unshare}/task/${unshare}/children`, 'utf8')).split(' ');
    if (pid !== undefined && pid !== '') return pid;
    await sleep(50);
  }
  throw new Error('the machine did not start');
}

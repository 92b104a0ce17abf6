import type { CauseId } from '../causes.ts';
import type { Examination } from '../examination.ts';

/** What a cause that a log names is called, and what mends it. */
export function explain(id: CauseId, seen: Examination): { readonly title: string; readonly fix: readonly string[] } {
  const { platform, installation } = seen;
  const { stateDir, configPath } = installation.located;
  switch (id) {
    case 'disk-full':
      return {
        title: 'the disk is full',
        fix: ['make room: du -xh --max-depth=2 / | sort -h | tail', 'then start the Gateway again'],
      };
    case 'read-only':
      return {
        title: 'the state directory cannot be written: its file system is read-only',
        fix: ['look for the reason: dmesg | tail', `mount -o remount,rw ${seen.storage.mount?.mountPoint ?? stateDir}`],
      };
    case 'owner':
      return {
        title: 'the Gateway may not read or write its own files',
        fix: [`chown -R USER: ${stateDir}, where USER is whom the Gateway runs as (uid 1000 in the image)`],
      };
    case 'out-of-memory':
      return {
        title: 'the Gateway ran out of memory',
        fix: [
          'give the machine or container more memory, 2 GiB at least',
          'and the Gateway a larger heap: NODE_OPTIONS=--max-old-space-size=1536',
        ],
      };
    case 'schema-newer':
      return {
        title: 'the state was written by a newer OpenClaw',
        fix: [
          `install OpenClaw ${seen.database.openclawVersion ?? 'at least as new as the one that wrote it'} or newer: npm install -g openclaw@latest`,
          'or restore a snapshot from before the update: clawback list',
        ],
      };
    case 'database-corrupt':
      return {
        title: 'a database is damaged',
        fix: ['stop the Gateway and keep the damaged file', 'clawback restore --in-place'],
      };
    case 'config-missing':
      return {
        title: 'there is no config',
        fix: [
          `OpenClaw looks for ${configPath}: see that the volume is mounted and OPENCLAW_CONFIG_PATH is right`,
          'clawback restore latest --only state/openclaw.json --target ./config',
        ],
      };
    case 'include-missing':
      return {
        title: 'the config includes a file that cannot be read',
        fix: [`put the file there, or take its $include out of ${configPath}`],
      };
    case 'config-parse':
      return {
        title: 'the config does not parse',
        fix: [`mend ${configPath}, or take the copy beside it: ${configPath}.last-good`],
      };
    case 'config-invalid':
      return {
        title: 'OpenClaw refuses the config',
        fix: [`mend the key in ${configPath}`, `or take the copy beside it: ${configPath}.last-good`],
      };
    case 'secret-missing':
      return { title: 'the Gateway does not start without its secret', fix: platform.token.set };
    case 'bind-without-auth':
      return { title: 'the Gateway refuses to listen beyond the loopback without a token', fix: platform.token.set };
    case 'token-missing':
      return { title: 'the gateway token is missing: every start makes up another', fix: platform.token.set };
    case 'variable-missing':
      return {
        title: 'the config refers to variables that are not set',
        fix: [`set them where the service gets its environment (${platform.token.where}), or in ${stateDir}/.env`],
      };
    case 'lock-held':
      return {
        title: 'another Gateway holds this state',
        fix: [
          'stop the other one, on whichever host it runs: two must never share a state directory',
          'after a crash, or in a copy: wait five minutes, until its lease ends',
        ],
      };
    case 'port-in-use':
      return {
        title: 'another program has the port',
        fix: ['stop it, or give the Gateway another port: gateway.port in the config'],
      };
  }
}

import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CronJob } from 'kubernetes-models/batch/v1';
import { PersistentVolumeClaim } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { composeSidecar } from '../../../../src/core/schedule/compose-sidecar.ts';
import { crontab } from '../../../../src/core/schedule/crontab.ts';
import { kubernetesManifests } from '../../../../src/core/schedule/kubernetes.ts';
import { launchdAgents } from '../../../../src/core/schedule/launchd.ts';
import { composeErrors } from '../../../support/compose-schema.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { containerPlan, localPlan, planned } from './plans.ts';

describe('a crontab', () => {
  it('runs exactly the words that are meant, whatever is in the paths', async () => {
    await using directory = await temporaryDirectory();
    const odd = join(directory.path, `it's a "$HOME" 100% \\ way`);
    await mkdir(odd);
    // Node itself takes no backslash in the path of a module.
    const script = join(directory.path, `it's a "$HOME" 100% way.mjs`);
    await writeFile(
      script,
      `await import('node:fs').then((fs) => fs.writeFileSync('${directory.path}/said', JSON.stringify([process.env.MARK, ...process.argv.slice(2)])))`,
    );
    const plan = localPlan({
      program: [process.execPath, script],
      configFile: join(odd, 'c.json5'),
      environmentFile: null,
      variables: { MARK: odd },
    });
    const [, line = ''] = crontab(plan, 'UTC')[0]?.text.split('\n') ?? [];
    // crontab(5): an unescaped percent sign ends the command.
    const command = line.replace(/^17 \* \* \* \* /, '');
    expect(command.replaceAll(String.raw`\%`, '')).not.toContain('%');
    execFileSync('/bin/sh', ['-c', command.replaceAll(String.raw`\%`, '%')], { env: {} });
    expect(JSON.parse(await readFile(join(directory.path, 'said'), 'utf8'))).toEqual([
      odd,
      'backup',
      '--config',
      join(odd, 'c.json5'),
    ]);
  });

  it('writes steps out, which crons read differently where both days are given', () => {
    const plan = localPlan({ jobs: planned({ backup: '*/20 0 */10 * mon' }) });
    expect(crontab(plan, 'Etc/UTC')[0]?.text).toContain('\n0,20,40 0 1,11,21,31 * 1 ');
  });

  it('refuses seconds, and another clock than the one that cron goes by', () => {
    const seconds = localPlan({ jobs: planned({ backup: '30 0 * * * *' }) });
    expect(() => crontab(seconds, 'UTC')).toThrow('cron knows no seconds');
    expect(() => crontab(localPlan(), 'Asia/Shanghai')).toThrow(
      'the clock of this host, Asia/Shanghai, and the schedule by UTC',
    );
  });
});

describe('launchd agents', () => {
  const read = (text: string): unknown =>
    JSON.parse(
      execFileSync(
        'python3',
        ['-c', 'import sys, json, plistlib; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'],
        { input: text, encoding: 'utf8' },
      ),
    );

  it('are property lists that say when and what', () => {
    const jobs = planned({ backup: '0,30 6 1 * 1-2' });
    const [agent] = launchdAgents(
      localPlan({ jobs, configFile: '/Users/ada & <co>/config.json5' }),
      'UTC',
      '/Users/ada/log',
    );
    expect(agent?.name).toBe('dev.clawback.prod-1.backup.plist');
    expect(read(agent?.text ?? '')).toMatchObject({
      Label: 'dev.clawback.prod-1.backup',
      ProgramArguments: expect.arrayContaining(['backup', '/Users/ada & <co>/config.json5']) as unknown,
      EnvironmentVariables: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      StartCalendarInterval: [
        { Minute: 0, Hour: 6, Day: 1 },
        { Minute: 30, Hour: 6, Day: 1 },
        { Minute: 0, Hour: 6, Weekday: 1 },
        { Minute: 0, Hour: 6, Weekday: 2 },
        { Minute: 30, Hour: 6, Weekday: 1 },
        { Minute: 30, Hour: 6, Weekday: 2 },
      ],
    });
  });

  it('are refused where there would be thousands of instants', () => {
    const plan = localPlan({ jobs: planned({ backup: '0-58 0-22 * * *' }) });
    expect(() => launchdAgents(plan, 'UTC', '/log')).toThrow('1357 instants');
  });
});

describe('kubernetes manifests', () => {
  const OPTIONS = { namespace: 'openclaw', claim: 'openclaw-home-pvc' };
  const documents = (text: string): unknown[] =>
    parseAllDocuments(text)
      .map((document) => document.toJS() as unknown)
      .filter((value) => value !== null);

  it('are what the schemas of Kubernetes want, and nobody may do more than it must', () => {
    const [claim, ...jobs] = documents(kubernetesManifests(containerPlan(), OPTIONS));
    new PersistentVolumeClaim(claim as never).validate();
    for (const job of jobs) new CronJob(job as never).validate();
    expect(jobs).toHaveLength(3);
    expect(jobs[0]).toMatchObject({
      metadata: { name: 'clawback-prod-1-backup', namespace: 'openclaw' },
      spec: {
        schedule: '17 * * * *',
        timeZone: 'Europe/Berlin',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { template: { spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true },
          containers: [{
            image: 'registry.example.org/clawback:1',
            args: ['backup', '--config', '/etc/clawback/config.json5'],
            securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            volumeMounts: expect.arrayContaining([{ name: 'state', mountPath: '/home/node/.openclaw', readOnly: true }]) as unknown,
          }],
          volumes: expect.arrayContaining([{ name: 'secrets', secret: { secretName: 'clawback-prod-1', defaultMode: 288 } }]) as unknown,
        } } } },
      },
    }); // prettier-ignore
  });

  it('say how to make the secret, and hold none', () => {
    const text = kubernetesManifests(containerPlan(), OPTIONS);
    expect(text).toContain('#   kubectl create secret generic clawback-prod-1 --namespace openclaw \\\n');
    expect(text).toContain('#     --from-file=identity=/home/ada/.config/clawback/identity.txt \\\n');
    expect(documents(text).filter((document) => (document as { kind: string }).kind === 'Secret')).toEqual([]);
  });

  it('leave out a directory of the host, and are refused if there is nothing else', () => {
    const nas = { name: 'nas', url: new URL('file:///mnt/nas/claw') };
    const both = kubernetesManifests(containerPlan({ destinations: [nas, ...containerPlan().destinations] }), OPTIONS);
    expect(both).toContain('value: offsite=s3://bucket/claw?region=eu-central-1');
    expect(both).toContain('the destinations nas.');
    expect(() => kubernetesManifests(containerPlan({ destinations: [nas] }), OPTIONS)).toThrow(
      'every destination is a directory',
    );
  });

  it('have names that Kubernetes takes, and that differ where the instances do', () => {
    const nameOf = (instance: string): string => {
      const [, job] = documents(kubernetesManifests(containerPlan({ instance }), OPTIONS));
      return (job as { metadata: { name: string } }).metadata.name;
    };
    const names = ['prod-1', 'prod_1', 'prod.1', 'x'.repeat(63), `${'x'.repeat(62)}y`].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^(?=.{1,52}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  });
});

describe('the compose sidecar', () => {
  const text = composeSidecar(
    containerPlan({
      destinations: [{ name: 'nas', url: new URL('file:///mnt/my%20nas/$claw') }],
      identity: '/home/$ada/id',
    }),
    { stateDir: '/home/ada/.openclaw', user: '1000:1000' },
  );

  it('is what the compose specification wants', () => {
    expect(composeErrors(parse(text))).toBeNull();
  });

  it('mounts the state read-only, and what it keeps in a volume of its own', () => {
    expect(parse(text)).toMatchObject({
      services: {
        'clawback-prod-1': {
          read_only: true,
          user: '1000:1000',
          volumes: [
            { type: 'bind', source: '/home/ada/.openclaw', target: '/home/node/.openclaw', read_only: true },
            { type: 'volume', source: 'clawback-prod-1-own', target: '/var/lib/clawback' },
            { type: 'bind', source: '/mnt/my nas/$$claw', target: '/mnt/my nas/$$claw' },
          ],
        },
      },
      secrets: { 'clawback-prod-1-identity': { file: '/home/$$ada/id' } },
    });
  });
});

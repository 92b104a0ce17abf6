import { execFile, execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Service as KnativeService } from '@kubernetes-models/knative/serving.knative.dev/v1/Service';
import { validate as dockerfileProblems } from 'dockerfile-utils';
import { Deployment } from 'kubernetes-models/apps/v1';
import { CronJob } from 'kubernetes-models/batch/v1';
import { PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../../../src/core/config/schema.ts';
import { parseSource } from '../../../../src/core/config/source.ts';
import { PLATFORMS } from '../../../../src/core/doctor/platforms.ts';
import { readyKit } from '../../../../src/core/platform/ready.ts';
import { siteOf } from '../../../../src/core/platform/site.ts';
import { composeErrors } from '../../../support/compose-schema.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const run = promisify(execFile);

/** Every file of every platform that has files. */
const KITS = PLATFORMS.flatMap((platform) => {
  const kit = readyKit(platform, siteOf(null));
  return kit === null ? [] : [{ name: platform.name, kit }];
});

const FILES = KITS.flatMap(({ name, kit }) => kit.files.map((file) => ({ platform: name, ...file })));

const named = (pattern: RegExp) => FILES.filter(({ name }) => pattern.test(name));

describe('every file is what its reader wants:', () => {
  it.each(named(/^(openclaw|clawback)\.yaml$/))('$platform $name, Kubernetes', ({ text }) => {
    const models = { PersistentVolumeClaim, Service, Deployment, CronJob };
    const documents = parseAllDocuments(text).map(
      (document) => document.toJS() as { kind: keyof typeof models } | null,
    );
    for (const document of documents) {
      if (document !== null) new models[document.kind](document as never).validate();
    }
    expect(documents.filter((document) => document !== null).length).toBeGreaterThan(1);
  });

  it.each(named(/^compose\.yml$/))('$platform $name, the compose specification', ({ text }) => {
    expect(composeErrors(parse(text))).toBeNull();
  });

  it.each(named(/^service\.yaml$/))('$platform $name, Knative as Cloud Run has it', ({ text }) => {
    new KnativeService(parse(text) as never).validate();
    expect(() => {
      new KnativeService({ ...(parse(text) as object), spec: { template: 1 } } as never).validate();
    }).toThrow('template');
  });

  it.each(KITS.filter(({ name }) => /^aws-(ecs|fargate)$/.test(name)))('$name, the AWS SDK', ({ kit }) => {
    const text = (name: string) => kit.files.find((file) => file.name === name)?.text ?? '';
    const task = JSON.parse(text('task-definition.json')) as object;
    const ask = (input: object): string =>
      execFileSync('python3', ['test/support/aws-validator.py'], { input: JSON.stringify(input), encoding: 'utf8' });
    const service = JSON.parse(text('service.json')) as object;
    expect(ask({ RegisterTaskDefinition: task, CreateService: service })).toBe('');
    const wrong = { ...task, cpu: 1024, memmory: '1', networkMode: 'vpc' };
    expect(ask({ RegisterTaskDefinition: wrong }).trim().split('\n')).toHaveLength(3);
  });

  it.each(named(/^cloud-init\.yaml$/))('$platform $name, cloud-init', async ({ text }) => {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, 'user-data');
    await writeFile(file, text);
    const { stdout, stderr } = await run('cloud-init', ['schema', '--config-file', file]);
    expect(`${stdout}${stderr}`).toMatch(/^Valid (cloud-config|schema)/);
    const { write_files: files } = parse(text) as { write_files: { path: string; content: string }[] };
    const script = files.find(({ path }) => path.endsWith('first-boot'));
    execFileSync('sh', ['-n'], { input: script?.content ?? 'missing (' });
  });

  it.each(KITS.filter(({ kit }) => kit.files.some(({ name }) => name.endsWith('.service'))))(
    'the units of $name, systemd',
    async ({ kit }) => {
      await using directory = await temporaryDirectory();
      const bin = join(directory.path, 'bin');
      await mkdir(bin);
      // It looks whether programs are there; ours are not, on this machine.
      for (const name of ['node', 'openclaw']) await symlink(process.execPath, join(bin, name));
      const units = kit.files.filter(({ name }) => /\.(service|timer)$/.test(name));
      for (const { name, text } of units) {
        await writeFile(join(directory.path, name), text.replaceAll('/usr/local/bin/', `${bin}/`));
      }
      const paths = units.map(({ name }) => join(directory.path, name));
      const { stdout, stderr } = await run('systemd-analyze', ['--man=no', 'verify', ...paths]);
      expect(`${stdout}${stderr}`).toBe('');
    },
  );

  it.each(named(/^Dockerfile$/))('$platform $name, a linter of Dockerfiles', ({ text }) => {
    expect(dockerfileProblems(text)).toEqual([]);
    expect(dockerfileProblems(text.replace('USER', 'USR'))).not.toEqual([]);
  });

  // There is no schema to be had of these two offline: this is what their documentation says, taken strictly.
  it.each(named(/^zeabur\.yaml$/))('$platform $name, the template format as documented', ({ text }) => {
    expect(ZEABUR_TEMPLATE.safeParse(parse(text)).error).toBeUndefined();
  });

  it.each(named(/^my-.*\.xml$/))('$platform $name, XML, and the template format as documented', ({ text }) => {
    const program =
      'import sys, json, xml.etree.ElementTree as e; r = e.fromstring(sys.stdin.buffer.read()); print(json.dumps([r.tag, r.attrib, [[c.tag, c.attrib, c.text or ""] for c in r]]))';
    const output = execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8' });
    const [tag, attributes, children] = UNRAID_TEMPLATE.parse(JSON.parse(output));
    expect([tag, attributes]).toEqual(['Container', { version: '2' }]);
    expect(children.map(([name]) => name)).toEqual(expect.arrayContaining(['Name', 'Repository', 'Network', 'Config']));
  });

  it.each(named(/^config\.json5$/))('$platform $name, Clawback, once it is filled in', ({ text }) => {
    const filled = text
      .replace('FILL_IN_RECIPIENT', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p')
      .replace('FILL_IN_BUCKET', 'bucket')
      .replace('FILL_IN_REGION', 'eu-central-1');
    expect(
      configSchema({ home: '/', directory: '/' }).safeParse(parseSource(filled, 'config').value).error,
    ).toBeUndefined();
  });

  it('and no file is forgotten here', () => {
    const known =
      /^((openclaw|clawback|cloud-init|zeabur|service)\.yaml|compose\.yml|(task-definition|service)\.json|my-.*\.xml|.*\.(service|timer)|Dockerfile|config\.json5|(gateway|clawback)?\.env)$/;
    expect(FILES.map(({ name }) => name).filter((name) => !known.test(name))).toEqual([]);
    expect(new Set(KITS.map(({ name }) => name))).toEqual(
      new Set('alibaba volcengine zeabur unraid aws-ec2 aws-ecs aws-fargate aws-eks gce gke cloud-run kubernetes docker linux'.split(' ')), // prettier-ignore
    );
  });
});

describe('secrets', () => {
  it.each(FILES.filter(({ name }) => name.endsWith('.env')))(
    '$platform $name is private, and empty',
    ({ text, isSecret }) => {
      expect(isSecret).toBe(true);
      expect(text.split('\n').filter((line) => !line.startsWith('#') && !/^(\w+=)?$/.test(line))).toEqual([]);
    },
  );

  it.each(FILES)('$platform $name holds no token and no key', ({ text }) => {
    expect(text).not.toMatch(/AGE-SECRET-KEY-1|ed25519-secret|OPENCLAW_GATEWAY_TOKEN[=:] *[\w-]+/);
  });
});

it.each(KITS)('what is to be filled in for $name is explained', ({ kit }) => {
  expect(kit.blanks.length).toBeGreaterThan(0);
  for (const { mark, what } of kit.blanks) expect([mark, what]).toEqual([mark, expect.stringMatching(/\w{3}/)]);
});

it('a restore comes before the Gateway, and the probe gives it time', () => {
  const text = named(/^openclaw\.yaml$/).find(({ platform }) => platform === 'aws-eks')?.text ?? '';
  expect(text).toContain('storageClassName: gp3');
  const [, , deployment] = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  expect(deployment).toMatchObject({
    spec: {
      strategy: { type: 'Recreate' },
      template: {
        spec: {
          initContainers: [
            { command: ['clawback'], args: ['restore', '--if-empty', '--config', '/etc/clawback/config.json5'] },
          ],
          containers: [{ startupProbe: { tcpSocket: { port: 18789 }, periodSeconds: 5, failureThreshold: 60 } }],
        },
      },
    },
  });
});

const ZEABUR_TEMPLATE = z.strictObject({
  apiVersion: z.literal('zeabur.com/v1'),
  kind: z.literal('Template'),
  metadata: z.strictObject({ name: z.string().min(1) }),
  spec: z.strictObject({
    description: z.string(),
    variables: z.array(
      z.strictObject({
        key: z.string().regex(/^[A-Z][A-Z_]*$/),
        type: z.enum(['STRING', 'DOMAIN']),
        name: z.string(),
        description: z.string(),
      }),
    ),
    services: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z][a-z0-9-]*$/),
          template: z.literal('PREBUILT_V2'),
          spec: z.strictObject({
            source: z.strictObject({ image: z.string() }),
            ports: z.array(z.strictObject({ id: z.string(), port: z.int(), type: z.enum(['HTTP', 'TCP']) })),
            volumes: z.array(z.strictObject({ id: z.string(), dir: z.string().startsWith('/') })),
            env: z.record(z.string(), z.strictObject({ default: z.string(), expose: z.boolean() })),
          }),
        }),
      )
      .min(1),
  }),
});

const UNRAID_TEMPLATE = z.tuple([
  z.string(),
  z.record(z.string(), z.string()),
  z.array(
    z.union([
      z.tuple([
        z.enum(['Name', 'Repository', 'Network', 'Shell', 'Privileged', 'Overview', 'ExtraParams', 'PostArgs']),
        z.strictObject({}),
        z.string().min(1),
      ]),
      z.tuple([
        z.literal('Config'),
        z.strictObject({
          ...{ Name: z.string().min(1), Target: z.string().min(1), Default: z.string(), Description: z.string() },
          Mode: z.enum(['rw', 'ro', 'tcp', '']),
          Type: z.enum(['Path', 'Port', 'Variable']),
          ...{ Display: z.literal('always'), Required: z.literal('true'), Mask: z.literal('false') },
        }),
        z.string().min(1),
      ]),
    ]),
  ),
]);

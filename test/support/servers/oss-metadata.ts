import { loopback, type Loopback } from './loopback.ts';

/** A fixture of the metadata of an ECS instance in its hardened mode: it answers nobody who has not asked for a pass first. */
export function startMetadata(instance: {
  readonly role: string;
  readonly key: Readonly<Record<string, string | undefined>>;
}): Promise<Loopback> {
  const pass = crypto.randomUUID();
  const lifetime = 'x-aliyun-ecs-metadata-token-ttl-seconds';
  return loopback(({ request, response, url }) => {
    request.resume();
    if (request.method === 'PUT' && url.pathname === '/latest/api/token' && lifetime in request.headers) {
      response.end(pass);
    } else if (request.headers['x-aliyun-ecs-metadata-token'] !== pass) response.writeHead(403).end();
    else if (url.pathname !== `/latest/meta-data/ram/security-credentials/${instance.role}`)
      response.writeHead(404).end();
    else response.end(JSON.stringify({ Code: 'Success', ...instance.key }));
    return Promise.resolve();
  });
}

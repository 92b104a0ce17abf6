import { expect, test } from 'vitest';
import { serveMetrics } from '../../../src/adapters/metrics-server.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

test('the metrics are made anew for each request, in the media type that scrapers expect', async () => {
  let count = 0;
  await using server = await serveMetrics(LOOPBACK, () => Promise.resolve(`requests ${(count += 1)}\n`));
  const url = `http://127.0.0.1:${server.port}/metrics`;
  const first = await fetch(url);
  expect(first.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await first.text()).toBe('requests 1\n');
  expect(await (await fetch(`${url}?x=1`)).text()).toBe('requests 2\n');
});

test('nothing else is answered, and a failure is not taken for metrics', async () => {
  await using server = await serveMetrics(LOOPBACK, () => Promise.reject(new Error('no history')));
  const origin = `http://127.0.0.1:${server.port}`;
  expect((await fetch(`${origin}/`)).status).toBe(404);
  expect((await fetch(`${origin}/metrics`, { method: 'POST' })).status).toBe(405);
  const failed = await fetch(`${origin}/metrics`);
  expect([failed.status, await failed.text()]).toEqual([500, 'clawback: no history\n']);
});

test('it stops although a scraper keeps its connection', async () => {
  const server = await serveMetrics(LOOPBACK, () => Promise.resolve('x 1\n'));
  const url = `http://127.0.0.1:${server.port}/metrics`;
  await (await fetch(url, { headers: { connection: 'keep-alive' } })).text();
  await server[Symbol.asyncDispose]();
  await expect(fetch(url)).rejects.toThrow();
});

test('an address that is taken is an error that names it', async () => {
  await using server = await serveMetrics(LOOPBACK, () => Promise.resolve(''));
  const again = serveMetrics({ ...LOOPBACK, port: server.port }, () => Promise.resolve(''));
  await expect(again).rejects.toThrow(
    expect.objectContaining({ code: 'FAILED', message: expect.stringContaining(`127.0.0.1:${server.port}`) as string }),
  );
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import jsqr from 'jsqr';
import { drillPage } from '../../src/cli/render/drill-page.ts';
import type { DrillResult } from '../../src/commands/drill.ts';
import { kitPage } from '../../src/core/keys/kit-page.ts';
import { startBrowser } from '../support/browser.ts';
import { KIT } from '../support/kit.ts';
import { LEAST_CONTRAST } from '../support/least-contrast.ts';
import { pixelsOf, type Pixels } from '../support/pixels.ts';
import { runCli } from '../support/cli.ts';
import { DRILL, drillOfDevice } from '../support/drill-report.ts';
import { protect } from '../support/protected.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let browser: Browser;

beforeAll(async () => {
  [place, browser] = await Promise.all([temporaryDirectory(), startBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await place[Symbol.asyncDispose]();
});

test.each([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
])(
  'the report of a drill is read on %s: its verdict, six answers, each device, and what to do',
  async (_, viewport) => {
    await using page = await open(drillPage(DRILL), { viewport });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      'Fail: this snapshot does not come back as it was',
    );
    const questions = page.getByRole('region', { name: 'The six questions' }).getByRole('heading', { level: 3 });
    expect(await questions.count()).toBe(6);
    const phone = page.getByRole('region', { name: 'Devices' }).getByRole('row').filter({ hasText: 'phone' });
    expect(await phone.getByRole('rowheader').innerText()).toMatch(/^phone\s+operator$/);
    expect(await phone.getByRole('cell').innerText()).toContain('approve again');
    const steps = page.getByRole('region', { name: 'What to do next' }).getByRole('listitem');
    expect(await steps.first().innerText()).toContain('restore to the path that it was captured from');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
  },
);

test('its text can be read on its ground, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await using page = await open(drillPage(DRILL), { viewport: DESKTOP, colorScheme });
    expect(await page.evaluate(LEAST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
  }
});

test('no name of a device runs in it, and nothing is fetched', async () => {
  const name = `</style><script>document.title='taken'</script><img src="http://127.0.0.1:9/x">`;
  await using page = await open(drillPage(drillOfDevice(name)), { viewport: PHONE });
  expect(await page.title()).toBe('Fail: this snapshot does not come back as it was (prod-1)');
  expect(await page.locator('script, img, link, iframe').count()).toBe(0);
  expect(await page.getByRole('rowheader', { name }).count()).toBe(1);
  expect(page.requested).toEqual([]);
});

test('a scanner reads the identity from the printed kit, which fits two sheets', async () => {
  await using page = await open(kitPage(KIT), { viewport: DESKTOP, colorScheme: 'dark' });
  const image = await page.getByRole('img', { name: 'the identity as a QR code' }).screenshot();
  const { data, width, height } = await page.evaluate<Pixels>(pixelsOf(image));
  expect(jsqr.default(Uint8ClampedArray.from(data), width, height)?.data).toBe(KIT.identity.secret);
  expect(await page.evaluate(LEAST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
  for (const format of ['A4', 'Letter']) {
    const pdf = await page.pdf({ format });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length).toBeLessThanOrEqual(2);
  }
});

test('the kit is read on a phone, and shows no more than itself', async () => {
  await using page = await open(kitPage(KIT), { viewport: PHONE });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
  expect(await page.getByRole('listitem').filter({ hasText: 'file:///mnt/nas/claw' }).count()).toBe(1);
  expect(page.requested).toEqual([]);
});

test('a kit is enough to drill a snapshot on the real OpenClaw, from a host that has nothing else', async () => {
  const [home, fresh] = [join(place.path, 'home'), join(place.path, 'fresh')];
  const config = {
    gateway: { mode: 'local', port: 18789, auth: { mode: 'token', token: '${OPENCLAW_GATEWAY_TOKEN}' } },
  };
  await tree(home, {
    '.openclaw/openclaw.json': JSON.stringify(config),
    '.openclaw/.env': `OPENCLAW_GATEWAY_TOKEN=${'7'.repeat(48)}\n`,
  });
  await mkdir(fresh);
  const installation = await protect(home, inject('openclaw'));
  await installation.must('backup');
  await installation.must('key', 'kit', '--output', join(fresh, 'kit.html'));
  const options = { env: { HOME: fresh, PATH: installation.env['PATH'] ?? '' }, cwd: fresh };
  const { stdout } = await runCli(['drill', '--kit', 'kit.html', '--report', 'drill.html', '--json'], options);
  const { verdict, checks, seconds } = JSON.parse(stdout) as DrillResult;
  expect(checks).toContainEqual(expect.objectContaining({ id: 'start', status: 'ok' }));
  expect(checks).toContainEqual(expect.objectContaining({ id: 'token', status: 'ok' }));
  expect(seconds.boot).toBeGreaterThan(0);
  expect(stdout).not.toContain('7'.repeat(48));
  await using page = await open(await readFile(join(fresh, 'drill.html'), 'utf8'), { viewport: PHONE });
  expect(await page.locator('[data-verdict]').getAttribute('data-verdict')).toBe(verdict);
});

type Opened = Page & AsyncDisposable & { readonly requested: string[] };

/** A page as a browser shows it from a file, and what it asked for besides itself. */
async function open(text: string, options: Parameters<Browser['newPage']>[0]): Promise<Opened> {
  const file = join(place.path, `${crypto.randomUUID()}.html`);
  await writeFile(file, text);
  const page = await browser.newPage(options);
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return Object.assign(page, { requested: requested.slice(1), [Symbol.asyncDispose]: () => page.close() });
}

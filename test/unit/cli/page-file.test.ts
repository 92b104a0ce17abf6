import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageFile } from '../../../src/cli/page-file.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

it('puts a page in the place of the one before', async () => {
  await using place = await temporaryDirectory();
  const path = join(place.path, 'drill.html');
  await writeFile(path, 'before');
  {
    await using page = await pageFile(path);
    await page.write('after');
  }
  expect(await readFile(path, 'utf8')).toBe('after');
  expect(await readdir(place.path)).toEqual(['drill.html']);
});

it('leaves what was there if no page comes of it', async () => {
  await using place = await temporaryDirectory();
  const path = join(place.path, 'drill.html');
  await writeFile(path, 'before');
  await (await pageFile(path))[Symbol.asyncDispose]();
  expect(await readFile(path, 'utf8')).toBe('before');
  expect(await readdir(place.path)).toEqual(['drill.html']);
});

it('refuses before the work what it could not write after it', async () => {
  await using place = await temporaryDirectory();
  await mkdir(join(place.path, 'directory'));
  await expect(pageFile(join(place.path, 'directory'))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(pageFile(join(place.path, 'missing', 'drill.html'))).rejects.toMatchObject({ code: 'USAGE' });
});

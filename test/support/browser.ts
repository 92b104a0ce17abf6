import { chromium, type Browser } from 'playwright-core';
import { locate } from '../../src/adapters/gateway/openclaw-package.ts';

/** Debian's Chromium without a window, which asks nobody for anything. Close it. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = await locate('chromium', process.env['PATH'] ?? '');
  if (executablePath === undefined) throw new Error('there is no chromium on PATH');
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  const quiet = ['--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath, chromiumSandbox: false, args: [...args, ...quiet] });
}

import { inject, test } from 'vitest';
import { proveFirstBoot } from '../support/first-boot.ts';

test('cloud-init makes a fresh machine with an empty home the one that was lost, with a healthy Gateway that is backed up again', async () => {
  const openclaw = inject('openclaw');
  await proveFirstBoot({ openclaw, on: { openclaw }, package: 'none', files: {}, shared: {} });
});

import { expect, test } from 'vitest';
import { DEMO, expectNothingOf, play } from '../support/demo.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// The short form is the rehearsal in test/e2e/muted-boot.test.ts.
test('where namespaces are refused the demo drills by a rehearsal, and says so', async () => {
  await using place = await temporaryDirectory();
  const refusing = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"';
  const unshare = ['unshare', '--user', '--map-root-user', 'sh', '-c', refusing, 'sh'];
  const { code, output } = await play([...unshare, ...DEMO], place.path);
  expect(output).toMatch(/^PASS, with remarks$/m);
  expect(output.replace(/\s+/g, ' ')).toContain('but as a rehearsal: at another path');
  expect(output).toMatch(/# all of it held/);
  expect(code).toBe(0);
  await expectNothingOf(place.path);
});

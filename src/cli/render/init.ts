import type { InitResult } from '../../commands/init.ts';
import type { Page } from '../page.ts';
import { facts } from '../table.ts';

export function renderInit(result: InitResult, page: Page): string {
  const written = facts([
    ['instance', result.instance],
    ['state directory', result.stateDir],
    ...result.destinations.map(({ name, location }) => [`destination ${name}`, location] as const),
    ['config', result.config],
    ...(result.identity === null ? [] : [['identity', result.identity] as const]),
    ['signing key', result.signingKey],
    ...(result.kit === null ? [] : [['recovery kit', result.kit] as const]),
  ]);
  return `${written}\n${warning(result, page)}\n${page.styled('bold', 'Next:')}\n${nextSteps(result)}`;
}

/** Said once, and plainly. */
function warning({ kit }: InitResult, page: Page): string {
  const heading = page.styled('yellow', 'If every identity is lost, the snapshots are lost: nobody can open them.');
  return kit === null
    ? `${heading}\nKeep the secret keys of your recipients away from this host too.\n`
    : `${heading}\nThe identity on this host dies with it; the recovery kit is the other one.\nPrint the kit or move it to a password manager, then delete it here.\n`;
}

function nextSteps({ kit }: InitResult): string {
  const keep = [
    `move ${kit ?? ''} off this host`,
    `to print it: clawback key kit --identity ${kit ?? ''} --output kit.html`,
  ];
  const canary = 'clawback key canary, so that every drill can prove that devices come back';
  const steps = [...(kit === null ? [] : keep), canary, 'clawback backup', 'clawback drill'];
  return steps.map((step, index) => `  ${index + 1}. ${step}\n`).join('');
}

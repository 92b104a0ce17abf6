import { format } from 'prettier';
import { PLATFORMS } from '../../src/core/doctor/platforms.ts';
import { type Guide, GENEROUS_START, guideTo } from '../../src/core/platform/guide.ts';

/** `docs/platforms.md`, as the data of the platforms has it. */
export async function platformPage(): Promise<string> {
  const guides = PLATFORMS.map((platform) => guideTo(platform, null));
  const list = guides.map(({ name, title }) => `[${title}](#${name})`).join(' · ');
  return format([INTRODUCTION, list, ...guides.map(sectionOf)].join('\n\n'), { parser: 'markdown', printWidth: 140 });
}

const INTRODUCTION = `# Platforms

Where the state directory and the token belong on each platform, what loses them, and what a health check wants: the pages of
\`clawback platform NAME\`, by which \`clawback doctor\` advises. None of it was run on the platforms themselves; each guide names where
it was read, and what no source confirms.`;

function sectionOf(guide: Guide): string {
  const { name, title, state, token, probe, snapshots, trap, doubts, sources } = guide;
  const patience = probe.patience === null ? 'nothing ends a slow start' : `a start may take ${probe.patience} s`;
  const table = [
    ['', ''],
    ['---', '---'],
    ['state directory', code(state.directory)],
    ['lost when', state.lostAt],
    ['kept by', state.survives],
    ['token', token.where],
    ['healthy', `${probe.signal}; ${patience}`],
    [`a start of ${GENEROUS_START} s`, code(probe.lengthen)],
    ['snapshots', snapshots.what + (snapshots.command === null ? '' : `: ${code(snapshots.command)}`)],
  ].map(([left = '', right = '']) => `| ${left} | ${right.replaceAll('|', String.raw`\|`)} |`);
  return [
    `<a id="${name}"></a>\n\n## ${title}`,
    table.join('\n'),
    `To keep the state: ${list(state.mend)}\n\nTo set the token: ${list(token.set)}`,
    `**The trap.** ${escaped(trap)}`,
    doubts.length === 0 ? '' : `Not verified: ${doubts.map(escaped).join(' ')}`,
    `Read in ${sources.map(linked).join(', ')}.`,
  ].join('\n\n');
}

function list(steps: readonly string[]): string {
  return `\n\n${steps.map((step) => `1. ${code(step)}`).join('\n')}`;
}

function linked(source: string): string {
  const [url = '', ...more] = source.split(' ');
  return [`<${url}>`, ...more].join(' ');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Stars and underscores mean themselves. */
function escaped(text: string): string {
  return text.replaceAll(/[*_<>]/g, String.raw`\$&`);
}

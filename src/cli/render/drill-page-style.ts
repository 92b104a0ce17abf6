import { Html } from '../../core/html.ts';

/** Light and dark, phone, desktop and paper. Each pair of text and ground has a contrast of at least 4.5 to 1. */
export const DRILL_PAGE_STYLE = new Html(`
  :root {
    color-scheme: light dark;
    --ground: #fbfaf7; --card: #ffffff; --ink: #1d2126; --soft: #5a616b; --line: #e2dfd8;
    --ok: #17633a; --warn: #7c5200; --fail: #a8231c; --unknown: #4d5764;
    --ok-ground: #e4f2e9; --warn-ground: #fbf0d6; --fail-ground: #fbe6e3; --unknown-ground: #eceef1;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #15181c; --card: #1c2025; --ink: #e8e6e1; --soft: #a3abb6; --line: #31363d;
      --ok: #86d9a8; --warn: #efc46b; --fail: #ff9f97; --unknown: #b3bdc9;
      --ok-ground: #17301f; --warn-ground: #372b10; --fail-ground: #3d1c1a; --unknown-ground: #282e36;
    }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0; background: var(--ground); color: var(--ink);
    font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif;
    overflow-wrap: break-word; -webkit-text-size-adjust: 100%;
  }
  main { max-width: 47rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem; }
  .kicker { margin: 0; color: var(--soft); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; }
  h1 { margin: .5rem 0 .75rem; font-size: clamp(1.6rem, 1.2rem + 2vw, 2.3rem); line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
  h2 { margin: 2.75rem 0 .75rem; font-size: 1.15rem; font-weight: 650; }
  h3 { margin: 0; font-size: 1rem; font-weight: 600; }
  p { margin: .35rem 0; }
  .soft { color: var(--soft); }
  code, .id { font: .9em/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
  .verdict { padding: 1.5rem 1.5rem 1.4rem; border-radius: .8rem; background: var(--tint); border-left: .4rem solid var(--tone); }
  .verdict h1 { color: var(--tone); margin-top: 0; }
  .verdict p { margin: 0; }
  [data-status='ok'] { --tone: var(--ok); --tint: var(--ok-ground); }
  [data-status='warn'] { --tone: var(--warn); --tint: var(--warn-ground); }
  [data-status='fail'] { --tone: var(--fail); --tint: var(--fail-ground); }
  [data-status='unknown'] { --tone: var(--unknown); --tint: var(--unknown-ground); }
  .mark {
    display: inline-block; padding: .05rem .55rem; border-radius: 1rem; background: var(--tint); color: var(--tone);
    font-size: .78rem; font-weight: 650; white-space: nowrap; print-color-adjust: exact; -webkit-print-color-adjust: exact;
  }
  .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0 0; padding: 0; }
  .figures div { padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
  .figures dt { color: var(--soft); font-size: .82rem; }
  .figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
  .whole { white-space: nowrap; }
  ol.steps { margin: 0; padding-left: 1.5rem; }
  ol.steps li { padding: .15rem 0 .55rem .25rem; }
  ol.steps li::marker { color: var(--soft); font-variant-numeric: tabular-nums; }
  ol.steps p { margin: 0; }
  ol.questions { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
  ol.questions > li { padding: .85rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
  .question { display: flex; gap: .75rem; justify-content: space-between; align-items: baseline; }
  ul.checks { margin: .35rem 0 0; padding: 0; list-style: none; }
  ul.checks li { margin: .5rem 0 0; }
  table { width: 100%; border-collapse: collapse; font-size: .95rem; }
  table.pairs { table-layout: fixed; overflow-wrap: anywhere; }
  table.pairs th:first-child, table.pairs td:first-child { width: 38%; }
  th, td { padding: .55rem .9rem .55rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
  thead th { color: var(--soft); font-size: .82rem; font-weight: 500; }
  tbody th { font-weight: 600; }
  th:last-child, td:last-child { padding-right: 0; }
  .number { text-align: right; font-variant-numeric: tabular-nums; }
  .roles { display: block; color: var(--soft); font-weight: 400; font-size: .88rem; }
  tr { break-inside: avoid; }
  footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem; }
  @media print {
    :root {
      --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb;
      --ok: #17633a; --warn: #7c5200; --fail: #a8231c; --unknown: #4d5764;
      --ok-ground: #e4f2e9; --warn-ground: #fbf0d6; --fail-ground: #fbe6e3; --unknown-ground: #eceef1;
    }
    @page { margin: 16mm; }
    html { font-size: 10pt; }
    main { max-width: none; padding: 0; }
    h2 { break-after: avoid; margin-top: 1.5rem; }
    .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  }
`);

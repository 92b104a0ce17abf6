import { Html } from '../html.ts';

/** Light and dark on a screen; on paper black on white, on one or two sheets. */
export const KIT_PAGE_STYLE = new Html(`
  :root {
    color-scheme: light dark;
    --ground: #fbfaf7; --card: #ffffff; --ink: #1d2126; --soft: #5a616b; --line: #d9d5cc; --warn: #7c5200; --warn-ground: #fbf0d6;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #15181c; --card: #1c2025; --ink: #e8e6e1; --soft: #a3abb6; --line: #31363d; --warn: #efc46b; --warn-ground: #372b10;
    }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0; background: var(--ground); color: var(--ink);
    font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif;
    overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
  }
  main { max-width: 50rem; margin: 0 auto; padding: 2.25rem 1.25rem 3rem; }
  .kicker { margin: 0; color: var(--soft); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; }
  h1 { margin: .1rem 0 1rem; font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; }
  h2 { margin: 1.5rem 0 .4rem; font-size: 1.05rem; font-weight: 650; break-after: avoid; }
  p, li { margin: .3rem 0; }
  ul, ol { margin: 0; padding-left: 1.4rem; }
  code, pre, .secret { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .85em; }
  .soft, footer { color: var(--soft); font-size: .9rem; }
  .warning { margin: 0; padding: .9rem 1.1rem; border-radius: .6rem; color: var(--warn); background: var(--warn-ground); }
  .identity { display: grid; grid-template-columns: 13rem 1fr; gap: 1.5rem; align-items: start; margin-top: 1.5rem; break-inside: avoid; }
  .identity h2:first-child { margin-top: 0; }
  .secret { word-break: break-all; padding: .5rem .7rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }
  .qr { width: 100%; height: auto; background: #fff; fill: #000; border-radius: .4rem; shape-rendering: crispEdges; }
  .command { display: block; margin: .3rem 0; padding: .4rem .7rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }
  pre {
    margin: 0; padding: .7rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
    font-size: .78em; line-height: 1.6; white-space: pre-wrap; break-inside: avoid;
  }
  footer { margin-top: 2rem; padding-top: .8rem; border-top: 1px solid var(--line); }
  @media (max-width: 40rem) { .identity { grid-template-columns: 1fr; } .qr { max-width: 18rem; margin: 0 auto; } }
  @media print {
    :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #999; --warn: #000; --warn-ground: #fff; }
    @page { margin: 15mm; }
    html { font-size: 9.5pt; }
    main { max-width: none; padding: 0; }
    .identity { grid-template-columns: 52mm 1fr; }
    .warning { border: 1.5pt solid #000; }
  }
`);

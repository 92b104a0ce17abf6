import encodeQR from 'qr';
import { html, Html } from '../html.ts';
import type { Identity } from './identity.ts';
import { KIT_PAGE_STYLE } from './kit-page-style.ts';
import { kitElement } from './kit-text.ts';
import { STOCK_COMMAND, type KitFacts } from './kit.ts';

/**
 * The recovery kit as a page to print and to keep in a safe, on one or two sheets of A4 or Letter paper: the identity as a QR code too,
 * so that nobody has to type it. The file itself is a kit that `--kit` and `--identity` take, as the text is.
 */
export function kitPage(facts: KitFacts): string {
  const { instance, createdAt, destinations, identity } = facts;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Clawback recovery kit of ${instance}</title>
        <style>
          ${KIT_PAGE_STYLE}
        </style>
      </head>
      <body>
        <main>
          <p class="kicker">Clawback recovery kit</p>
          <h1>${instance}</h1>
          <p class="warning">
            <strong>Keep this page like a key to the safe.</strong> Whoever has it can read every snapshot of this
            instance, with all its secrets. If every copy of it and every other identity is lost, nobody can open the
            snapshots any more. Print it, put it away from the machine that it was made on, and delete the file.
          </p>
          <section class="identity" aria-labelledby="identity">
            ${qrOf(identity.secret)}
            <div>
              <h2 id="identity">The identity</h2>
              <p class="secret">${identity.secret}</p>
              <p class="soft">
                The square holds this line. A phone's camera reads it; send it to nobody, and type nothing by hand.
              </p>
              <h2>Where the snapshots are</h2>
              <ul>
                ${destinations.map(({ name, url }) => html`<li><code>${url.href}</code> (${name})</li> `)}
              </ul>
            </div>
          </section>
          <section aria-labelledby="restore">
            <h2 id="restore">To restore on a fresh machine</h2>
            <ol>
              <li>
                Make this page a file there: copy the HTML file itself, or put the lines of the box below into
                <code>kit.txt</code>, of which the square above is the last one.
              </li>
              <li>
                Give that machine what it needs to reach the storage: its credentials are not on this page. Then see
                that it would work, without touching anything: <code class="command">clawback drill --kit kit.txt</code>
              </li>
              <li>
                Bring everything back: <code class="command">clawback restore latest --kit kit.txt --in-place</code>
              </li>
            </ol>
          </section>
          <section aria-labelledby="file">
            <h2 id="file">The kit as a file</h2>
            ${kitElement(facts)}
          </section>
          <section aria-labelledby="stock">
            <h2 id="stock">Without Clawback</h2>
            <p>
              With stock <code>age</code>, <code>zstd</code> and <code>tar</code>: fetch the newest full object below
              <code>${instance}/</code>, and in an empty directory run
            </p>
            <p><code class="command">${STOCK_COMMAND}</code></p>
            <p>What comes out explains itself in <code>clawback/README.txt</code>.</p>
          </section>
          <footer>
            Made ${createdAt.slice(0, 10)}. Public key of this identity: <code>${identity.recipient}</code>
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

/** Level M mends 15% of the square: a fold, a stain. The border of four modules is the quiet zone that scanners need. */
function qrOf(secret: Identity): Html {
  const svg = encodeQR(secret, 'svg', { ecc: 'medium', border: 4 });
  return new Html(svg.replace('<svg ', '<svg class="qr" role="img" aria-label="the identity as a QR code" '));
}

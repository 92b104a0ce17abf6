import { isIP } from 'node:net';
import type { SendMailOptions, Transporter } from 'nodemailer';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Mail through an SMTP server: `smtps://user@host?to=…`, or `smtp://` with STARTTLS, which is insisted on unless the server is this
 * host or the address says `tls=none`. The secret is the password.
 */
export function emailSender(address: SenderAddress): Send {
  return async ({ summary, text }, signal) => {
    const transport = await transportTo(address);
    const mail: SendMailOptions = {
      from: { name: 'Clawback', address: senderOf(address.url) },
      to: address.url.searchParams.getAll('to'),
      subject: `[clawback] ${summary}`,
      text: `${summary}\n\n${text}\n`,
      // No out-of-office reply shall come back: RFC 3834.
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal,
    };
    try {
      await transport.sendMail(mail);
    } catch (error) {
      throw translate(error, address);
    } finally {
      transport.close();
    }
  };
}

async function transportTo({ url, secret }: SenderAddress): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const secure = url.protocol === 'smtps:';
  const tls = url.searchParams.get('tls') ?? (isThisHost(url.hostname) ? 'none' : 'starttls');
  const user = decodeURIComponent(url.username);
  return createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : tls === 'none' ? 25 : 587) : Number(url.port),
    secure,
    ...(tls === 'none' ? { ignoreTLS: true } : { requireTLS: true }),
    ...(user === '' ? {} : { auth: { user, pass: secret ?? decodeURIComponent(url.password) } }),
  });
}

function isThisHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** Who the mail is from: most servers insist on the user's own address. */
function senderOf(url: URL): string {
  const user = decodeURIComponent(url.username);
  return url.searchParams.get('from') ?? (user.includes('@') ? user : `clawback@${url.hostname}`);
}

function translate(error: unknown, address: SenderAddress): ClawbackError {
  const code = systemCode(error) ?? '';
  const { responseCode = 0, message } = error as { readonly responseCode?: number; readonly message: string };
  const words = withoutSecrets(message, address);
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return new ClawbackError('DENIED', `the mail server refuses the login: ${words}`, {
      hint: 'see whether user and password are right; many providers want a password made for one application',
    });
  }
  if (code === 'ETLS') return new ClawbackError('FAILED', `no encrypted connection: ${words}`, { hint: TLS_HINT });
  const isTransient = responseCode === 0 ? LOST.has(code) : responseCode < 500;
  return new ClawbackError(isTransient ? 'UNAVAILABLE' : 'FAILED', `the mail server did not take it: ${words}`);
}

const TLS_HINT = 'use smtps:// if the server has it, or tls=none on a network that you trust';

/** Nodemailer's codes for a server that is not there, or went away. */
const LOST: ReadonlySet<string> = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EPROTOCOL']);

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ClawbackError } from '../../ports/errors.ts';
import type { Booted, Failure, FromInside, LogQuestion, Orders, Question, ToInside } from './boot-messages.ts';

type Reply = Extract<FromInside, { id: number }>;
type Answer = Exclude<Reply, { type: 'refused' }>;

/** The helper that runs the Gateway, and a conversation with it. Disposing ends the helper and every process of the Gateway. */
export interface Sandbox extends AsyncDisposable {
  readonly booted: Promise<Booted>;
  /** @throws ClawbackError as the Gateway or its end gives reason to. */
  ask(question: Omit<Question, 'id'> | Omit<LogQuestion, 'id'>): Promise<Answer>;
}

/** Network, mounts, processes and shared memory of its own. */
const NAMESPACES = ['--net', '--mount', '--pid', '--ipc', '--fork', '--kill-child=KILL'];
/** What gives an ordinary user the right to the others. */
const USER_NAMESPACE = ['--user', '--map-root-user'];
const EXIT_PATIENCE = 5000;

export function openSandbox(orders: Orders, path: string): Sandbox {
  const inside = fileURLToPath(new URL(`./muted-inside${extname(import.meta.url)}`, import.meta.url));
  const namespaces = [...(process.getuid?.() === 0 ? [] : USER_NAMESPACE), ...NAMESPACES];
  const helper: [string, ...string[]] = [process.execPath, inside];
  const [command, ...words] =
    orders.request.muting === 'namespaces' ? ['unshare', ...namespaces, '--', ...helper] : helper;
  const child = spawn(command, words, {
    // A Gateway may serve with a certificate of its own making; the helper talks to nothing else.
    env: { PATH: `${path}:/usr/sbin:/sbin:/usr/bin:/bin`, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    cwd: '/',
    // Ctrl-C on the terminal reaches Clawback alone, which ends this in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const conversation = new Conversation(child);
  conversation.tell(orders);
  return {
    booted: conversation.booted.promise,
    ask: (question) => conversation.ask(question),
    [Symbol.asyncDispose]: () => conversation.end(),
  };
}

class Conversation {
  readonly booted = Promise.withResolvers<Booted>();
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  #asked = 0;
  #isBooted = false;
  #ended: ClawbackError | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    // Writing to a helper that is gone; how it went is what counts.
    child.stdin?.on('error', () => undefined);
    if (child.stdout) createInterface(child.stdout).on('line', this.#hear.bind(this));
    this.#gone = once(child, 'close').then(
      () => {
        const code = this.#isBooted ? 'GATEWAY_DIED' : 'CANNOT_MUTE';
        this.#over({ code, message: `cannot mute the gateway: ${complaint.trim() || 'its helper ended'}` });
      },
      () => {
        const hint = 'install the package util-linux';
        this.#over({ code: 'CANNOT_MUTE', message: 'cannot mute the gateway: no command unshare', hint });
      },
    );
    this.booted.promise.catch(() => undefined);
  }

  tell(message: ToInside): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async ask(question: Omit<Question, 'id'> | Omit<LogQuestion, 'id'>): Promise<Answer> {
    if (this.#ended) throw this.#ended;
    const id = ++this.#asked;
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(id, waiting);
    this.tell({ ...question, id });
    const reply = await waiting.promise;
    if (reply.type === 'refused') throw errorOf(reply);
    return reply;
  }

  /** The helper exits when its input ends, and the kernel ends all others with it before its parent learns of that. */
  async end(): Promise<void> {
    this.#ended ??= new ClawbackError('ABORTED', 'the muted gateway was stopped');
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), EXIT_PATIENCE);
    await this.#gone;
    clearTimeout(late);
  }

  #hear(line: string): void {
    const message = JSON.parse(line) as FromInside;
    if (message.type === 'booted') {
      this.#isBooted = true;
      this.booted.resolve(message);
    } else if (message.type === 'failed') this.#over(message);
    else {
      this.#waiting.get(message.id)?.resolve(message);
      this.#waiting.delete(message.id);
    }
  }

  #over(failure: Failure): void {
    this.#ended ??= errorOf(failure);
    this.booted.reject(this.#ended);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function errorOf({ code, message, hint }: Failure): ClawbackError {
  if (hint !== undefined) return new ClawbackError(code, message, { hint });
  if (code !== 'CANNOT_MUTE') return new ClawbackError(code, message);
  const allow = 'sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  return new ClawbackError(code, message, { hint: `run the drill as root, or allow user namespaces here (${allow})` });
}

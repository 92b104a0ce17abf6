import { ClawbackError } from '../../ports/errors.ts';
import { checkContent, ContentCheck, type Expected } from '../archive/content-check.ts';
import { notOurs } from '../archive/decode-ustar.ts';
import type { Place } from '../archive/stretches.ts';
import { TarParser, type TarListener, type TarPlace } from '../archive/tar-parser.ts';
import { type FileToMake, NewFile } from './new-file.ts';

/** A content that a tar must hold, and what is to be made of it. */
export interface Task extends Place, Expected {
  /** What its path in the tar begins with. */
  readonly below: string;
  /** Null if it is only checked. */
  readonly make: FileToMake | null;
}

/** Where in a tar some tasks lie. */
export interface TaskList {
  /** Where its first header begins, in bytes of the tar. */
  readonly position: number;
  /** In the order of the tar. */
  readonly tasks: readonly Task[];
}

/**
 * Reads a stretch of tar as its bytes come: checks each content that it must hold, and writes those that shall be files.
 * What else it holds it tells, for others to judge.
 */
export class Unpacker implements TarListener {
  readonly #parser: TarParser;
  readonly #tasks: readonly Task[];
  #next = 0;
  /** The content that is being read; null if nothing is to be done with it. */
  #open: OpenTask | null = null;
  #others: TarPlace[] = [];

  constructor({ position, tasks }: TaskList) {
    this.#parser = new TarParser(position);
    this.#tasks = tasks;
  }

  /** @throws ClawbackError `INTEGRITY` at the first thing that is wrong; what the file system says. */
  push(piece: Uint8Array): void {
    this.#parser.push(piece, this);
  }

  /** Entries that are no task, since it was last asked. */
  others(): readonly TarPlace[] {
    const others = this.#others;
    this.#others = [];
    return others;
  }

  /**
   * To be called when there are no more bytes.
   *
   * @param isLast whether the tar ends here
   * @throws ClawbackError `INTEGRITY`
   */
  finish({ isLast }: { isLast: boolean }): void {
    if (isLast) this.#parser.finish();
    else if (!this.#parser.isBetween) throw notOurs('an entry, or the whole, does not end where the list says');
    const missing = this.#tasks[this.#next];
    if (missing !== undefined) throw lacks(missing);
  }

  entry(found: TarPlace): void {
    const task = this.#tasks[this.#next];
    if (task === undefined || found.type !== 'file' || found.offset < task.offset) {
      this.#others.push(found);
      return;
    }
    if (found.offset > task.offset) throw lacks(task);
    if (found.path !== task.below + task.path || found.size !== task.size) {
      throw new ClawbackError('INTEGRITY', `${JSON.stringify(task.path)} is not in the archive what the manifest says`);
    }
    this.#next++;
    if (task.size === 0) finishWhole(task, EMPTY);
    else this.#open = { task, left: task.size, rest: null };
  }

  content(piece: Uint8Array): void {
    const open = this.#open;
    if (open === null) return;
    if (open.rest === null && piece.length === open.left) {
      finishWhole(open.task, piece);
      this.#open = null;
      return;
    }
    open.rest ??= new LongContent(open.task);
    open.rest.write(piece);
    open.left -= piece.length;
    if (open.left > 0) return;
    open.rest.end();
    this.#open = null;
  }
}

interface OpenTask {
  readonly task: Task;
  left: number;
  rest: LongContent | null;
}

const EMPTY = new Uint8Array();

/** Most are small and lie in one frame: those are checked before anything is written. */
function finishWhole(task: Task, content: Uint8Array): void {
  checkContent(content, task);
  if (task.make === null) return;
  const file = new NewFile(task.make);
  if (content.length > 0) file.write(content);
  file.end();
}

/** A content that comes in several pieces. */
class LongContent {
  readonly #check: ContentCheck;
  readonly #file: NewFile | null;

  constructor(task: Task) {
    this.#check = new ContentCheck(task);
    this.#file = task.make === null ? null : new NewFile(task.make);
  }

  write(piece: Uint8Array): void {
    this.#check.update(piece);
    this.#file?.write(piece);
  }

  end(): void {
    this.#file?.end();
    this.#check.finish();
  }
}

function lacks({ below, path }: Task): ClawbackError {
  return new ClawbackError('INTEGRITY', `the archive lacks ${JSON.stringify(below + path)}`);
}

import { expandPath } from './paths.ts';

/** A captured root that is not restored where it was. Absolute paths without a trailing slash. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** The home that `~` meant, and the one that it will mean. */
export interface Homes {
  readonly from: string;
  readonly to: string;
}

/** Turns paths of the captured host into those of the restored one, and counts what it changed. */
export class Relocation {
  values = 0;
  readonly #moves: readonly Move[];
  readonly #homes: Homes | null;

  constructor(moves: readonly Move[], homes: Homes | null) {
    this.#moves = moves.toSorted((a, b) => b.from.length - a.from.length);
    this.#homes = homes;
  }

  /**
   * A string with the path in it moved, if it is a path at or below one that moves, and else unchanged: what moves
   * `/a/.openclaw` leaves `/a/.openclaw-dev` alone, and so it does with a sentence that mentions the path.
   */
  text(text: string): string {
    const moved = this.#moved(text) ?? this.#movedFromHome(text);
    if (moved === null || moved === text) return text;
    this.values++;
    return moved;
  }

  /** Where a path will be; nothing is counted. */
  where(path: string): string {
    return this.#moved(path) ?? path;
  }

  #moved(path: string): string | null {
    const move = this.#moves.find(({ from }) => path === from || path.startsWith(`${from}/`));
    return move === undefined ? null : move.to + path.slice(move.from.length);
  }

  /** `~/.openclaw/workspace` is left as written if it means the right place under the new home too. */
  #movedFromHome(text: string): string | null {
    if (this.#homes === null || !text.startsWith('~/')) return null;
    const moved = this.#moved(expandPath(text, this.#homes.from));
    return moved === null || moved === expandPath(text, this.#homes.to) ? null : moved;
  }
}

/** How far the journal was read, by its own cursors. */

import type { PositionBook } from '../collector/position-book.ts';
import { journalProgram } from './telemetry-programs.ts';

const name = 'journal';
/** A cursor has six fields of hex digits. */
const form = /"__CURSOR"\s*:\s*"([a-z0-9=;]{20,300})"/;
const lookedAt = 65_536;

export class JournalCursor {
  readonly #positions: PositionBook;

  constructor(positions: PositionBook) {
    this.#positions = positions;
  }

  /** From what is written now on, or from behind what was read last. */
  command(): readonly [string, ...string[]] {
    const cursor = this.#positions.cursor(name);
    const from = cursor === undefined ? ['--lines=0'] : [`--after-cursor=${cursor}`];
    return [journalProgram() ?? 'journalctl', '--follow', '--output=json', '--no-pager', '--quiet', ...from];
  }

  /** Takes what was read: the last cursor in it. */
  read(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.subarray(Math.max(0, bytes.length - lookedAt))).toString('latin1');
    const end = text.lastIndexOf('\n');
    const at = text.lastIndexOf('"__CURSOR"', Math.max(end, 0));
    const found = at < 0 ? null : form.exec(text.slice(at, at + 400));
    if (found?.[1] !== undefined) this.#positions.setCursor(name, found[1]);
  }
}

import { limits } from './limits.ts';
import type { SessionState } from './state.ts';

/**
 * The terminal between the visitor and the programs: echo, line editing, ^C and ^D (termios(3) canonical mode; at a
 * prompt also the shell's editing and history). Takes one byte at a time, so that any split of the input is the same.
 */
export class LineDiscipline {
  readonly #state: SessionState;
  #line = '';
  #cursor = 0;
  /** Bytes of an escape sequence that has begun. */
  #escape = '';
  #carriage = false;
  /** Which line of the history is shown; the history's length for the line that is being typed. */
  #shown = -1;
  #typed = '';

  constructor(state: SessionState) {
    this.#state = state;
  }

  /** Takes one byte. True where a program that waits for input should look again. */
  feed(character: string): boolean {
    if (this.#escape !== '') {
      this.#continueEscape(character);
      return false;
    }
    const afterCarriage = this.#carriage;
    this.#carriage = character === '\r';
    switch (character) {
      case '\r':
        return this.#enter();
      case '\n':
        // CR LF is one line end; so is CR NUL, as telnet sends it.
        return afterCarriage ? false : this.#enter();
      case '\0':
        return false;
      case '\x03':
        return this.#interrupt();
      case '\x04':
        return this.#endOfInput();
      case '\x7f':
      case '\b':
        this.#erase(1);
        return false;
      case '\x15':
        this.#erase(this.#cursor);
        return false;
      case '\x17':
        this.#erase(this.#wordBefore());
        return false;
      case '\x01':
        this.#move(0);
        return false;
      case '\x05':
        this.#move(this.#line.length);
        return false;
      case '\x0b':
        this.#cut();
        return false;
      case '\x1b':
        this.#escape = character;
        return false;
      case '\t':
        if (!this.#state.terminal.editing) this.#insert(character);
        return false;
      default:
        if (character < ' ' && this.#state.terminal.editing) return false;
        this.#insert(character);
        return false;
    }
  }

  #echo(text: string): void {
    if (this.#state.terminal.echo) this.#state.show(text);
  }

  #enter(): boolean {
    // The line end of a hidden password is still shown by the programs that hide it.
    this.#echo('\r\n');
    const line = this.#line;
    this.#reset();
    this.#state.input.push(`${line}\n`);
    return true;
  }

  #reset(): void {
    this.#line = '';
    this.#cursor = 0;
    this.#shown = -1;
    this.#typed = '';
  }

  #interrupt(): boolean {
    this.#echo('^C');
    this.#reset();
    this.#state.input.interrupt();
    return true;
  }

  #endOfInput(): boolean {
    if (this.#line === '') {
      this.#state.input.endOnce();
      return true;
    }
    if (this.#state.terminal.editing) return false;
    const line = this.#line;
    this.#reset();
    this.#state.input.push(line);
    return true;
  }

  #insert(character: string): void {
    if (this.#line.length >= limits.inputLineBytes) return;
    const tail = this.#line.slice(this.#cursor);
    this.#line = this.#line.slice(0, this.#cursor) + character + tail;
    this.#cursor += 1;
    this.#echo(character + tail + '\b'.repeat(tail.length));
  }

  #erase(count: number): void {
    const erased = Math.min(count, this.#cursor);
    if (erased === 0) return;
    const tail = this.#line.slice(this.#cursor);
    this.#line = this.#line.slice(0, this.#cursor - erased) + tail;
    this.#cursor -= erased;
    this.#echo(`${'\b'.repeat(erased)}${tail}${' '.repeat(erased)}${'\b'.repeat(erased + tail.length)}`);
  }

  #cut(): void {
    const tail = this.#line.length - this.#cursor;
    this.#line = this.#line.slice(0, this.#cursor);
    this.#echo(`${' '.repeat(tail)}${'\b'.repeat(tail)}`);
  }

  #wordBefore(): number {
    let start = this.#cursor;
    while (start > 0 && this.#line[start - 1] === ' ') start -= 1;
    while (start > 0 && this.#line[start - 1] !== ' ') start -= 1;
    return this.#cursor - start;
  }

  #move(to: number): void {
    const target = Math.min(Math.max(0, to), this.#line.length);
    if (target < this.#cursor) this.#echo('\b'.repeat(this.#cursor - target));
    else this.#echo(this.#line.slice(this.#cursor, target));
    this.#cursor = target;
  }

  /** `ESC [ A` and their like (ECMA-48 §5.4): parameters, then one final byte. */
  #continueEscape(character: string): void {
    this.#escape += character;
    const second = this.#escape.charAt(1);
    if (this.#escape.length === 2 && (second === '[' || second === 'O')) return;
    if (this.#escape.length < 16 && this.#escape.length > 2 && character >= '0' && character <= '?') return;
    const final = this.#escape.length > 2 ? character : '';
    const whole = this.#escape;
    this.#escape = '';
    if (!this.#state.terminal.editing) return;
    if (final === 'A') this.#recall(-1);
    else if (final === 'B') this.#recall(1);
    else if (final === 'C') this.#move(this.#cursor + 1);
    else if (final === 'D') this.#move(this.#cursor - 1);
    else if (final === 'H') this.#move(0);
    else if (final === 'F') this.#move(this.#line.length);
    else if (whole.endsWith('[3~') && this.#cursor < this.#line.length) {
      this.#move(this.#cursor + 1);
      this.#erase(1);
    }
  }

  #recall(step: -1 | 1): void {
    const { history } = this.#state;
    const here = this.#shown < 0 ? history.length : this.#shown;
    const next = here + step;
    if (next < 0 || next > history.length) return;
    if (here === history.length) this.#typed = this.#line;
    this.#shown = next;
    this.#move(this.#line.length);
    this.#erase(this.#line.length);
    this.#line = next === history.length ? this.#typed : (history[next] ?? '').replaceAll('\n', ' ');
    this.#cursor = this.#line.length;
    this.#echo(this.#line);
  }
}

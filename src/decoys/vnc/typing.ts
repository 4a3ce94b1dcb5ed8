/** Key events as the text that they type: X keysyms (X11 protocol, appendix A). */

const names: Readonly<Record<number, string>> = {
  0xff1b: '<Escape>',
  0xff50: '<Home>',
  0xff51: '<Left>',
  0xff52: '<Up>',
  0xff53: '<Right>',
  0xff54: '<Down>',
  0xff57: '<End>',
  0xffe3: '<Control>',
  0xffe4: '<Control>',
  0xffe9: '<Alt>',
  0xffea: '<Alt>',
  0xffeb: '<Super>',
  0xffec: '<Super>',
  0xffff: '<Delete>',
};

const longestLine = 1024;

export class Typing {
  #line = '';

  /** The line that this key ends, or null. */
  press(symbol: number): string | null {
    if (symbol === 0xff0d || symbol === 0xff8d) return this.take();
    if (symbol === 0xff08) this.#line = this.#line.slice(0, -1);
    else this.#line += textOf(symbol);
    return this.#line.length >= longestLine ? this.take() : null;
  }

  take(): string | null {
    const line = this.#line;
    this.#line = '';
    return line === '' ? null : line;
  }
}

export function textOf(symbol: number): string {
  if ((symbol >= 0x20 && symbol <= 0x7e) || (symbol >= 0xa0 && symbol <= 0xff))
    return String.fromCharCode(symbol);
  if (symbol === 0xff09) return '\t';
  // Keypad.
  if (symbol >= 0xffaa && symbol <= 0xffb9) return String.fromCharCode(symbol - 0xff80);
  const point = symbol - 0x1000000;
  if (point >= 0x100 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff))
    return String.fromCodePoint(point);
  if (symbol >= 0xffbe && symbol <= 0xffc9) return `<F${symbol - 0xffbd}>`;
  return names[symbol] ?? '';
}

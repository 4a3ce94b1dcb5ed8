import { Unsupported } from '../script/unsupported.ts';
import { blockFunctions, listFunctions, namedUnary, plainFunctions } from './function-names.ts';
import { piecesOf, plainText } from './interpolation.ts';
import type { Expression, Statement } from './syntax.ts';
import { TextReader } from './text-reader.ts';

/** What the operators of Perl stand between: numbers, quotes, variables, calls. Throws `Unsupported` for what it does not know. */
export abstract class TermParser {
  readonly reader: TextReader;

  constructor(text: string) {
    this.reader = new TextReader(text);
  }

  /** Blocks are read by who knows statements. */
  abstract block(): Statement[];
  /** The same parser over another text. */
  abstract over(text: string): TermParser;
  abstract expression(): Expression;
  abstract list(): Expression;
  abstract assignment(): Expression;
  protected abstract binary(level: number): Expression;
  protected abstract unary(): Expression;

  protected ends(): boolean {
    return this.reader.peek(/^(?:$|[)\]};]|(?:or|and|if|unless|while|until|foreach|for)\b)/) !== null;
  }

  protected arrow(value: Expression): Expression {
    if (this.reader.peek(/^\[/) !== null)
      return { kind: 'element', array: { kind: 'dereference', sigil: '@', value }, index: this.bracket() };
    if (this.reader.peek(/^\{/) !== null)
      return { kind: 'entry', hash: { kind: 'dereference', sigil: '%', value }, key: this.key() };
    const { line } = this.reader;
    if (this.reader.take('(')) return { kind: 'callValue', value, items: this.items(')'), line };
    const name = this.reader.peek(/^\w+/)?.[0] ?? this.reader.fail('arrow');
    this.reader.at += name.length;
    return { kind: 'method', value, name, items: this.reader.take('(') ? this.items(')') : [], line };
  }

  protected bracket(): Expression {
    this.reader.expect('[');
    const index = this.expression();
    this.reader.expect(']');
    return index;
  }

  protected key(): Expression {
    this.reader.expect('{');
    const word = this.reader.peek(/^(-?[A-Za-z_]\w*)\s*\}/);
    if (word !== null) {
      this.reader.at += word[0].length;
      return { kind: 'constant', value: word[1] ?? '' };
    }
    const key = this.expression();
    this.reader.expect('}');
    return key;
  }

  protected items(close: string): Expression[] {
    if (this.reader.take(close)) return [];
    const list = this.expression();
    this.reader.expect(close);
    return list.kind === 'list' ? [...list.items] : [list];
  }

  #text(text: string): Expression {
    return { kind: 'text', pieces: piecesOf(text, false, (inner) => this.over(inner)) };
  }

  /** A variable in text: `$x`, `$x[0]`, `$x->{key}`, `@{…}`. */
  interpolated(): Expression {
    const start = this.variable();
    let value = start;
    for (;;) {
      const rest = this.reader.text.slice(this.reader.at, this.reader.at + 60);
      const inside = value.kind === 'element' || value.kind === 'entry';
      if (/^->[[{]/.test(rest)) {
        this.reader.at += 2;
        value = this.arrow(value);
      } else if (inside && rest.startsWith('['))
        value = {
          kind: 'element',
          array: { kind: 'dereference', sigil: '@', value },
          index: this.bracket(),
        };
      else if (inside && rest.startsWith('{'))
        value = { kind: 'entry', hash: { kind: 'dereference', sigil: '%', value }, key: this.key() };
      else return value;
    }
  }

  variable(): Expression {
    const { reader } = this;
    const sigil = reader.text.charAt(reader.at);
    reader.at += 1;
    if (sigil === '$' && reader.text.startsWith('#', reader.at)) {
      const match = /^#(?:\{?)(\$?\w+)(?:\}?)/.exec(reader.text.slice(reader.at, reader.at + 100));
      if (match === null) return reader.fail('$#');
      reader.at += match[0].length;
      const name = match[1] ?? '';
      return {
        kind: 'last',
        array: name.startsWith('$')
          ? { kind: 'dereference', sigil: '@', value: { kind: 'scalar', name: name.slice(1) } }
          : { kind: 'array', name },
      };
    }
    const rest = reader.text.slice(reader.at, reader.at + 200);
    let inner: Expression | null = null;
    let name = '';
    const braced = /^\{\^?(\w+)\}/.exec(rest);
    const plain =
      /^(?:\w+(?:::\w+)*)/.exec(rest) ?? (sigil === '$' ? /^(?:[&!@,;./\\|0"$](?![\w{]))/.exec(rest) : null);
    if (braced !== null) {
      name = braced[1] ?? '';
      reader.at += braced[0].length;
    } else if (plain !== null) {
      [name] = plain;
      reader.at += name.length;
    } else if (rest.startsWith('$')) inner = this.#inner();
    else if (rest.startsWith('{')) {
      reader.at += 1;
      inner = this.expression();
      reader.expect('}');
    } else return reader.fail('variable');
    const next = reader.text.charAt(reader.at);
    const arrayOf = (): Expression =>
      inner === null ? { kind: 'array', name } : { kind: 'dereference', sigil: '@', value: inner };
    const hashOf = (): Expression =>
      inner === null ? { kind: 'hash', name } : { kind: 'dereference', sigil: '%', value: inner };
    if (sigil === '%') return hashOf();
    if (
      next === '[' &&
      !(
        sigil === '$' &&
        /^\[[^\]]*[^\w$\]+-]/.test(reader.text.slice(reader.at, reader.at + 30)) &&
        !/^\[[$\w][^\]]*\]/.test(reader.text.slice(reader.at, reader.at + 60))
      )
    )
      return sigil === '$'
        ? { kind: 'element', array: arrayOf(), index: this.bracket() }
        : { kind: 'slice', array: arrayOf(), index: this.bracket() };
    if (next === '{')
      return sigil === '$'
        ? { kind: 'entry', hash: hashOf(), key: this.key() }
        : { kind: 'entries', hash: hashOf(), keys: this.key() };
    if (sigil === '@') return arrayOf();
    return inner === null ? { kind: 'scalar', name } : { kind: 'dereference', sigil: '$', value: inner };
  }

  /** `$$x`: the reference itself, without what follows it. */
  #inner(): Expression {
    this.reader.at += 1;
    const name =
      /^\w+/.exec(this.reader.text.slice(this.reader.at, this.reader.at + 100))?.[0] ??
      this.reader.fail('variable');
    this.reader.at += name.length;
    return { kind: 'scalar', name };
  }

  primary(): Expression {
    const { reader } = this;
    reader.skip();
    const character = reader.text.charAt(reader.at);
    if (/[\d.]/.test(character)) return this.#number();
    if (character === '"') return this.#text(reader.delimited().text);
    if (character === "'") return { kind: 'constant', value: plainText(reader.delimited().text) };
    if (character === '`') return { kind: 'command', value: this.#text(reader.delimited().text) };
    if (character === '/') return this.#pattern('m');
    if (character === '$' || character === '@') return this.variable();
    if (character === '%' && /^%[\w{$]/.test(reader.text.slice(reader.at, reader.at + 2)))
      return this.variable();
    if (character === '&') {
      const name = /^&(\w+)/.exec(reader.text.slice(reader.at, reader.at + 100))?.[1];
      if (name === undefined) return reader.fail('&');
      reader.at += name.length + 1;
      return {
        kind: 'call',
        name: `&${name}`,
        items: reader.take('(') ? this.items(')') : [],
        block: null,
        handle: null,
        line: reader.line,
      };
    }
    if (character === '(') {
      reader.at += 1;
      return { kind: 'list', items: this.items(')') };
    }
    if (character === '[') {
      reader.at += 1;
      return { kind: 'newArray', items: this.items(']') };
    }
    if (character === '{') {
      reader.at += 1;
      return { kind: 'newHash', items: this.items('}') };
    }
    if (character === '<') return this.#angle();
    const word = reader.peek(/^[A-Za-z_]\w*(?:::\w+)*/)?.[0] ?? reader.fail('primary');
    reader.at += word.length;
    return this.#word(word);
  }

  #number(): Expression {
    const { reader } = this;
    const match =
      /^(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.(?!\.)\d*)?(?:[eE][-+]?\d+)?|\.\d+)/.exec(
        reader.text.slice(reader.at, reader.at + 400),
      )?.[0] ?? reader.fail('number');
    reader.at += match.length;
    const plain = match.replaceAll('_', '');
    return { kind: 'constant', value: /^0\d/.test(plain) ? Number.parseInt(plain, 8) : Number(plain) };
  }

  #angle(): Expression {
    const { reader } = this;
    const document = /^<<(~?)(?:"([^"\n]*)"|'([^'\n]*)'|([A-Za-z_]\w*))/.exec(
      reader.text.slice(reader.at, reader.at + 100),
    );
    if (document !== null) {
      reader.at += document[0].length;
      const pieces: Expression[] = [];
      reader.document(document[2] ?? document[3] ?? document[4] ?? '', document[1] === '~', (text) => {
        if (document[3] !== undefined) pieces.push({ kind: 'constant', value: text });
        else pieces.push(...piecesOf(text, false, (inner) => this.over(inner)));
      });
      return { kind: 'text', pieces };
    }
    const handle = /^<(\$?\w*)>/.exec(reader.text.slice(reader.at, reader.at + 100));
    if (handle === null) return reader.fail('<');
    reader.at += handle[0].length;
    const name = handle[1] ?? '';
    return {
      kind: 'readLine',
      handle: name.startsWith('$')
        ? { kind: 'scalar', name: name.slice(1) }
        : { kind: 'constant', value: name },
    };
  }

  #pattern(kind: 'm' | 's' | 'qr'): Expression {
    const { reader } = this;
    reader.skip();
    const { text, open } = reader.delimited();
    const read = (inner: string): Expression[] =>
      open === "'"
        ? [{ kind: 'constant', value: inner }]
        : piecesOf(inner, true, (other) => this.over(other));
    let replacement: Expression | null = null;
    let replaced = '';
    if (kind === 's') {
      if ('([{<'.includes(open)) reader.skip();
      else reader.at -= 1;
      replaced = reader.delimited().text;
    }
    const flags = /^[a-z]*/.exec(reader.text.slice(reader.at, reader.at + 12))?.[0] ?? '';
    reader.at += flags.length;
    if (/[^gimsxoer]/.test(flags) || flags.includes('ee')) throw new Unsupported('flags');
    if (kind === 's')
      replacement = flags.includes('e') ? this.over(replaced).expression() : this.#text(replaced);
    if (kind === 'qr')
      return {
        kind: 'text',
        pieces: [
          { kind: 'constant', value: `(?${flags.replaceAll(/[^imsx]/g, '')}:` },
          ...read(text),
          { kind: 'constant', value: ')' },
        ],
      };
    return { kind: 'match', pattern: read(text), flags, replacement, target: null, negated: false };
  }

  #word(word: string): Expression {
    const { reader } = this;
    if (reader.peek(/^=>/) !== null) return { kind: 'constant', value: word };
    switch (word) {
      case 'q':
      case 'qq':
      case 'qw':
      case 'qx':
      case 'm':
      case 's':
      case 'y':
      case 'tr':
      case 'qr':
        if (reader.peek(/^[^\w\s,;)]/) !== null) return this.#quoted(word);
        return reader.fail(word);
      case 'my':
      case 'our':
      case 'local':
        return this.#my(word);
      case 'sub':
        return { kind: 'sub', body: this.block() };
      case 'do':
      case 'eval': {
        if (reader.peek(/^\{/) === null) break;
        const { line } = reader;
        return {
          kind: 'call',
          name: word,
          items: [],
          block: { kind: 'sub', body: this.block() },
          handle: null,
          line,
        };
      }
      case '__FILE__':
      case '__LINE__':
      case '__PACKAGE__':
      case 'wantarray':
        throw new Unsupported(word);
      default:
    }
    return this.#call(word);
  }

  #quoted(word: string): Expression {
    const { reader } = this;
    if (word === 'm' || word === 's' || word === 'qr') return this.#pattern(word);
    reader.skip();
    const { text, open } = reader.delimited();
    if (word === 'q') return { kind: 'constant', value: text.replaceAll('\\\\', '\\') };
    if (word === 'qq') return this.#text(text);
    if (word === 'qx') return { kind: 'command', value: this.#text(text) };
    if (word === 'qw')
      return {
        kind: 'list',
        items: text
          .split(/\s+/)
          .filter((one) => one !== '')
          .map((value) => ({ kind: 'constant', value })),
      };
    if ('([{<'.includes(open)) reader.skip();
    else reader.at -= 1;
    const to = reader.delimited().text;
    const flags = /^[cdsr]*/.exec(reader.text.slice(reader.at, reader.at + 6))?.[0] ?? '';
    reader.at += flags.length;
    return { kind: 'translate', from: text, to, flags, target: null };
  }

  #my(word: string): Expression {
    const { reader } = this;
    reader.skip();
    if (word === 'local') {
      // A script of one block: what is local there is as good as global.
      return this.unary();
    }
    if (!reader.take('(')) return { kind: 'my', targets: [this.#declared()], list: false };
    const targets: Expression[] = [];
    while (!reader.take(')')) {
      targets.push(reader.take('undef') ? { kind: 'scalar', name: ' ' } : this.#declared());
      reader.take(',');
    }
    return { kind: 'my', targets, list: true };
  }

  #declared(): Expression {
    const match = this.reader.peek(/^([$@%])(\w+)/) ?? this.reader.fail('my');
    this.reader.at += match[0].length;
    const name = match[2] ?? '';
    return { kind: match[1] === '$' ? 'scalar' : match[1] === '@' ? 'array' : 'hash', name };
  }

  #call(name: string): Expression {
    const { reader } = this;
    const { line } = reader;
    const made = (
      items: readonly Expression[],
      handle: Expression | null = null,
      block: Expression | null = null,
    ): Expression => ({ kind: 'call', name, items, block, handle, line });
    if (reader.peek(/^(?:->|::)/) !== null) return { kind: 'constant', value: name };
    if (name === 'print' || name === 'printf' || name === 'say') return this.#print(made);
    if (blockFunctions.has(name)) {
      const open = reader.take('(');
      const block: Expression | null =
        reader.peek(/^\{/) !== null ? { kind: 'sub', body: this.block() } : null;
      if (block === null && name !== 'sort') {
        const first = this.assignment();
        reader.expect(',');
        const rest = open ? this.items(')') : this.#rest();
        return made(rest, null, { kind: 'sub', body: [{ kind: 'expression', value: first, line }] });
      }
      reader.take(',');
      return made(open ? this.items(')') : this.#rest(), null, block);
    }
    if (plainFunctions.has(name)) {
      if (reader.take('(')) reader.expect(')');
      return made([]);
    }
    if (namedUnary.has(name)) {
      if (reader.take('(')) return made(this.items(')'));
      if (this.ends() || reader.peek(/^(?:[,=?:*|&<>.+]|x\b|eq\b|ne\b|lt\b|gt\b|cmp\b)/) !== null)
        return made([]);
      // Binds more tightly than comparison.
      return made([this.binary(6)]);
    }
    if (reader.take('(')) return made(this.items(')'));
    if (listFunctions.has(name)) return made(this.#rest());
    if (/^[A-Z]\w*(?:::\w+)*$/.test(name)) return { kind: 'constant', value: name };
    if (this.ends() || reader.peek(/^[,=?:)*|&<>.+-]/) !== null) return made([]);
    return made(this.#rest());
  }

  #rest(): Expression[] {
    if (this.ends()) return [];
    const list = this.list();
    return list.kind === 'list' ? [...list.items] : [list];
  }

  #print(made: (items: readonly Expression[], handle: Expression | null) => Expression): Expression {
    const { reader } = this;
    const open = reader.peek(/^\(/) !== null;
    const before = reader.at;
    if (open) reader.expect('(');
    const named = reader.peek(
      /^(?:(STDOUT|STDERR|[A-Z][A-Z0-9_]*)(?=\s+[^,;=(.\s)-]|\s*[)"'$@]|\s*<<)|\{\s*\*?(\$?\w+)\s*\}|(\$\w+)(?=\s+["'$@\w<]|\s*<<["']))/,
    );
    let handle: Expression | null = null;
    if (
      named !== null &&
      !/^(?:\$\w+)\s+(?:x|eq|ne|lt|gt|le|ge|cmp|if|unless|for|foreach|and|or|while)\b/.test(
        reader.text.slice(reader.at, reader.at + 80),
      )
    ) {
      const name = named[1] ?? named[2] ?? named[3] ?? '';
      reader.at += named[0].length;
      handle = name.startsWith('$')
        ? { kind: 'scalar', name: name.slice(1) }
        : { kind: 'constant', value: name };
    }
    if (!open) return made(this.#rest(), handle);
    const items = this.items(')');
    // `print (1)+2` prints 1; that is hardly meant, and never written.
    if (this.ends() || reader.peek(/^,/) !== null) return made(items, handle);
    if (handle !== null) return reader.fail('print');
    reader.at = before;
    return made(this.#rest(), null);
  }
}

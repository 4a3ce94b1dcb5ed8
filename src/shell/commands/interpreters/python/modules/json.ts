import { shortestText } from '../../script/number-text.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { fail, makeModule } from '../machinery.ts';
import { typeName } from '../types.ts';
import { Bytes, Dictionary, keyOf, List, type ModuleValue, Tuple, type Value } from '../value.ts';
import { decodeText } from '../../../../byte-text.ts';

interface Layout {
  readonly indent: string | null;
  readonly item: string;
  readonly key: string;
  readonly sorted: boolean;
  readonly ascii: boolean;
}

function quoted(text: string, ascii: boolean): string {
  const shown = JSON.stringify(text);
  return ascii
    ? shown.replaceAll(/[\x7f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : shown;
}

function dump(engine: Engine, value: Value, layout: Layout, depth: number): string {
  if (depth > 100) throw new Unsupported('deep');
  engine.world.spend(128);
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value, layout.ascii);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? shortestText(value)
      : Number.isNaN(value)
        ? 'NaN'
        : value < 0
          ? '-Infinity'
          : 'Infinity';
  const lines = (open: string, pieces: string[], close: string): string => {
    if (pieces.length === 0) return open + close;
    if (layout.indent === null) return open + pieces.join(layout.item) + close;
    const pad = `\n${layout.indent.repeat(depth + 1)}`;
    return `${open}${pad}${pieces.join(layout.item.trimEnd() + pad)}\n${layout.indent.repeat(depth)}${close}`;
  };
  if (value instanceof List || value instanceof Tuple)
    return lines(
      '[',
      value.items.map((item) => dump(engine, item, layout, depth + 1)),
      ']',
    );
  if (value instanceof Dictionary) {
    const entries = [...value.entries.values()].map(({ key, value: item }) => {
      const name =
        typeof key === 'string' ? quoted(key, layout.ascii) : `"${dump(engine, key, layout, depth + 1)}"`;
      return name + layout.key + dump(engine, item, layout, depth + 1);
    });
    return lines('{', layout.sorted ? entries.sort() : entries, '}');
  }
  return fail(engine, 'TypeError', `Object of type ${typeName(value)} is not JSON serializable`);
}

function revive(engine: Engine, value: unknown, depth: number): Value {
  if (depth > 100) throw new Unsupported('deep');
  engine.world.spend(128);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return value;
  if (Array.isArray(value)) return new List(value.map((item) => revive(engine, item, depth + 1)));
  const found = new Dictionary();
  if (typeof value === 'object')
    for (const [key, item] of Object.entries(value))
      found.entries.set(keyOf(key) ?? '', { key, value: revive(engine, item, depth + 1) });
  return found;
}

function load(engine: Engine, text: string): Value {
  engine.world.spend(text.length);
  if (text.length > 1_000_000) throw new Unsupported('large');
  try {
    const value: unknown = JSON.parse(text, (_key: string, item: unknown, context?: { source?: string }) =>
      typeof item === 'number' && context?.source !== undefined && /^-?\d+$/.test(context.source)
        ? BigInt(context.source)
        : item,
    );
    return revive(engine, value, 0);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (text.trim() === '' || !/^\s*[[{"\d-]/.test(text)) {
      return fail(
        engine,
        'ValueError',
        `Expecting value: line 1 column ${text.length - text.trimStart().length + 1} (char ${text.length - text.trimStart().length})`,
      );
    }
    throw new Unsupported('json');
  }
}

export function json(engine: Engine): ModuleValue {
  const error = engine.types.error('JSONDecodeError', 'ValueError', 'json.decoder');
  const text = (value: Value | undefined): string => {
    if (typeof value === 'string') return value;
    if (value instanceof Bytes) return decodeText(value.text);
    return fail(
      engine,
      'TypeError',
      `the JSON object must be str, bytes or bytearray, not ${typeName(value ?? null)}`,
    );
  };
  return makeModule(
    'json',
    {
      dumps: ([value = null], keywords) => {
        const indent = keywords.get('indent') ?? null;
        const separators = keywords.get('separators');
        if (separators !== undefined && !(separators instanceof Tuple)) throw new Unsupported('separators');
        const [item = ', ', key = ': '] = separators instanceof Tuple ? separators.items : [];
        return dump(
          engine,
          value,
          {
            indent:
              typeof indent === 'bigint'
                ? ' '.repeat(Number(BigInt.asUintN(5, indent)))
                : typeof indent === 'string'
                  ? indent
                  : null,
            item: typeof item === 'string' ? item : ', ',
            key: typeof key === 'string' ? key : ': ',
            sorted: keywords.get('sort_keys') === true,
            ascii: keywords.get('ensure_ascii') !== false,
          },
          0,
        );
      },
      loads: ([value]) => load(engine, text(value)),
      *load([file]) {
        return load(engine, text(yield* engine.call(yield* engine.attribute(file ?? null, 'read'), [])));
      },
    },
    { JSONDecodeError: error },
  );
}

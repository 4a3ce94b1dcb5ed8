import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { count, fail, float, integer, makeModule, string } from '../machinery.ts';
import { integerOf } from '../truth.ts';
import { List, type ModuleValue, type Native, type Value } from '../value.ts';

const domain = (engine: Engine): never =>
  fail(engine, 'ValueError', engine.minor >= 14 ? 'expected a nonnegative input' : 'math domain error');

export function math(engine: Engine): ModuleValue {
  const one =
    (run: (value: number) => number): Native =>
    ([value]) => {
      const given = float(engine, value);
      const result = run(given);
      return Number.isNaN(result) && !Number.isNaN(given) ? domain(engine) : result;
    };
  const whole =
    (run: (value: number) => number): Native =>
    ([value]) => {
      const found = integerOf(value ?? null);
      if (found !== null) return found;
      const number = float(engine, value);
      return Number.isFinite(number)
        ? BigInt(run(number))
        : fail(
            engine,
            Number.isNaN(number) ? 'ValueError' : 'OverflowError',
            `cannot convert float ${Number.isNaN(number) ? 'NaN' : 'infinity'} to integer`,
          );
    };
  const logarithm: Native = ([value, base]) => {
    const given = float(engine, value);
    if (given <= 0) return domain(engine);
    return base === undefined ? Math.log(given) : Math.log(given) / Math.log(float(engine, base));
  };
  return makeModule(
    'math',
    {
      sqrt: one(Math.sqrt),
      sin: one(Math.sin),
      cos: one(Math.cos),
      tan: one(Math.tan),
      atan: one(Math.atan),
      asin: one(Math.asin),
      acos: one(Math.acos),
      exp: one(Math.exp),
      fabs: one(Math.abs),
      log2: ([value]) => (float(engine, value) <= 0 ? domain(engine) : Math.log2(float(engine, value))),
      log10: ([value]) => (float(engine, value) <= 0 ? domain(engine) : Math.log10(float(engine, value))),
      log: logarithm,
      floor: whole(Math.floor),
      ceil: whole(Math.ceil),
      trunc: whole(Math.trunc),
      pow: ([left, right]) => float(engine, left) ** float(engine, right),
      atan2: ([left, right]) => Math.atan2(float(engine, left), float(engine, right)),
      hypot: (values) => Math.hypot(...values.map((value) => float(engine, value))),
      isnan: ([value]) => Number.isNaN(float(engine, value)),
      isinf: ([value]) => Math.abs(float(engine, value)) === Infinity,
      factorial: ([value]) => {
        const limit = integer(engine, value);
        if (limit < 0n) return fail(engine, 'ValueError', 'factorial() not defined for negative values');
        if (limit > 2_000n) throw new Unsupported('large');
        let result = 1n;
        for (let factor = 2n; factor <= limit; factor += 1n) {
          engine.world.spend(256);
          result *= factor;
        }
        return result;
      },
      gcd: ([left, right]) => {
        let [one_, other] = [integer(engine, left), integer(engine, right)];
        while (other !== 0n) {
          engine.world.spend(256);
          [one_, other] = [other, one_ % other];
        }
        return one_ < 0n ? -one_ : one_;
      },
    },
    { pi: Math.PI, e: Math.E, inf: Infinity, nan: NaN, tau: Math.PI * 2 },
  );
}

/** Random numbers; with a seed they would have to be Python's own, so that a seeded script is not run. */
export function random(engine: Engine): ModuleValue {
  const { machine } = engine.world.process.state;
  const unit = (): number =>
    ((machine.nextRandom() >>> 5) * 67_108_864 + (machine.nextRandom() >>> 6)) / 9_007_199_254_740_992;
  const below = (limit: bigint): bigint => {
    if (limit <= 9_007_199_254_740_991n) return BigInt(Math.floor(unit() * Number(limit)));
    throw new Unsupported('large');
  };
  const pick = function* pick([given]: readonly Value[]) {
    const items = yield* engine.items(given ?? null);
    if (items.length === 0)
      return fail(
        engine,
        'IndexError',
        engine.minor >= 11 ? 'Cannot choose from an empty sequence' : 'Cannot choose from an empty sequence',
      );
    return items[Number(below(BigInt(items.length)))] ?? null;
  };
  const shuffled = (items: Value[]): Value[] => {
    for (let at = items.length - 1; at > 0; at -= 1) {
      const other = Number(below(BigInt(at + 1)));
      [items[at], items[other]] = [items[other] ?? null, items[at] ?? null];
    }
    return items;
  };
  return makeModule('random', {
    random: () => unit(),
    randint: ([low, high]) => {
      const [from, to] = [integer(engine, low), integer(engine, high)];
      if (to < from)
        return fail(
          engine,
          'ValueError',
          `empty range for randrange() (${from}, ${to + 1n}, ${to + 1n - from})`,
        );
      return from + below(to - from + 1n);
    },
    randrange: ([low, high, step]) => {
      if (step !== undefined) throw new Unsupported('randrange');
      const [from, to] =
        high === undefined ? [0n, integer(engine, low)] : [integer(engine, low), integer(engine, high)];
      return to <= from ? fail(engine, 'ValueError', 'empty range for randrange()') : from + below(to - from);
    },
    uniform: ([low, high]) => float(engine, low) + (float(engine, high) - float(engine, low)) * unit(),
    choice: (values) => pick(values),
    *choices([given], keywords) {
      const items = yield* engine.items(given ?? null);
      const wanted = count(engine, keywords.get('k') ?? 1n);
      if (wanted > 100_000) throw new Unsupported('large');
      return new List(
        Array.from({ length: wanted }, () => items[Number(below(BigInt(items.length)))] ?? null),
      );
    },
    *sample([given, size]) {
      const items = yield* engine.items(given ?? null);
      const wanted = count(engine, size);
      return wanted > items.length
        ? fail(engine, 'ValueError', 'Sample larger than population or is negative')
        : new List(shuffled(items).slice(0, wanted));
    },
    shuffle: ([list]) => {
      if (!(list instanceof List)) throw new Unsupported('shuffle');
      engine.world.spend(list.items.length * 16);
      shuffled(list.items);
      return null;
    },
    seed: (values) => {
      if (values.length > 0 && values[0] !== null) throw new Unsupported('seed');
      return null;
    },
    getrandbits: ([bits]) => below(1n << BigInt(Math.min(count(engine, bits), 53))),
  });
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const longDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const longMonths = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const two = (value: number): string => String(value).padStart(2, '0');

function stamp(format: string, date: Date): string {
  const parts: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    y: two(date.getUTCFullYear() % 100),
    a: days[date.getUTCDay()] ?? '',
    A: longDays[date.getUTCDay()] ?? '',
    b: months[date.getUTCMonth()] ?? '',
    B: longMonths[date.getUTCMonth()] ?? '',
    s: String(Math.floor(date.getTime() / 1000)),
    Z: 'UTC',
    z: '+0000',
    '%': '%',
  };
  return format.replaceAll(/%(.)/g, (_all, letter: string) => {
    const found = parts[letter];
    if (found === undefined) throw new Unsupported('strftime');
    return found;
  });
}

export function time(engine: Engine): ModuleValue {
  const { state } = engine.world.process;
  const seconds = (): number => state.now() / 1000;
  const clock = (format: string, value: Value | undefined): string =>
    stamp(format, new Date(value === undefined ? state.now() : float(engine, value) * 1000)).replace(
      / 0(\d) (\d\d:)/,
      '  $1 $2',
    );
  return makeModule('time', {
    time: seconds,
    time_ns: () => BigInt(Math.floor(state.now())) * 1_000_000n,
    monotonic: () => (state.now() - state.machine.persona.bootedAt) / 1000,
    perf_counter: () => (state.now() - state.machine.persona.bootedAt) / 1000,
    sleep: ([value]) => {
      const length = float(engine, value);
      if (length < 0) return fail(engine, 'ValueError', 'sleep length must be non-negative');
      state.sleep(length * 1000);
      return null;
    },
    ctime: ([value]) => clock('%a %b %d %H:%M:%S %Y', value),
    strftime: ([format, given]) => {
      if (given !== undefined) throw new Unsupported('strftime');
      return stamp(string(engine, format), new Date(state.now()));
    },
  });
}

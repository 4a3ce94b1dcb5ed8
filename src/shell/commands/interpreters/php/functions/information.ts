/** What a script asks of PHP, of the machine and of the time. */

import { formatDate } from '../../../../date-format.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, type Value } from '../value.ts';

export const extensions: readonly string[] =
  'Core date libxml openssl pcre zlib filter hash json pcntl random Reflection SPL session standard sodium exif FFI fileinfo ftp gettext iconv ctype calendar PDO Phar posix readline shmop sockets sysvmsg sysvsem sysvshm tokenizer'.split(
    ' ',
  );

const now = (machine: Machine): number => machine.world.process.state.options.now();

function systemName(machine: Machine, mode: string): string {
  const { hostname, kernel } = machine.world.process.state.machine;
  const parts: Readonly<Record<string, string>> = {
    s: 'Linux',
    n: hostname,
    r: kernel.release,
    v: kernel.version,
    m: kernel.machine,
  };
  return parts[mode.charAt(0)] ?? `Linux ${hostname} ${kernel.release} ${kernel.version} ${kernel.machine}`;
}

/** `date`: the letters of the manual, in UTC. */
function dated(format: string, milliseconds: number): string {
  const date = new Date(Math.min(Math.max(milliseconds, -6e13), 2.5e14));
  const day = date.getUTCDate();
  const suffix =
    day % 10 === 1 && day !== 11
      ? 'st'
      : day % 10 === 2 && day !== 12
        ? 'nd'
        : day % 10 === 3 && day !== 13
          ? 'rd'
          : 'th';
  const year = date.getUTCFullYear();
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const f = (text: string): string => formatDate(date.getTime(), text);
  const letters: Readonly<Record<string, () => string>> = {
    d: () => f('%d'),
    D: () => f('%a'),
    j: () => String(day),
    l: () => f('%A'),
    N: () => f('%u'),
    S: () => suffix,
    w: () => f('%w'),
    z: () => String(Number(f('%j')) - 1),
    F: () => f('%B'),
    m: () => f('%m'),
    M: () => f('%b'),
    n: () => String(date.getUTCMonth() + 1),
    t: () => String(new Date(Date.UTC(year, date.getUTCMonth() + 1, 0)).getUTCDate()),
    L: () => (isLeap ? '1' : '0'),
    o: () => f('%Y'),
    Y: () => f('%Y'),
    y: () => f('%y'),
    a: () => f('%p').toLowerCase(),
    A: () => f('%p'),
    g: () => String(date.getUTCHours() % 12 || 12),
    G: () => String(date.getUTCHours()),
    h: () => f('%I'),
    H: () => f('%H'),
    i: () => f('%M'),
    s: () => f('%S'),
    u: () => '000000',
    v: () => '000',
    e: () => 'UTC',
    I: () => '0',
    O: () => '+0000',
    P: () => '+00:00',
    p: () => 'Z',
    T: () => 'UTC',
    Z: () => '0',
    c: () => dated('Y-m-d\\TH:i:sP', milliseconds),
    r: () => dated('D, d M Y H:i:s O', milliseconds),
    U: () => f('%s'),
  };
  return format.replaceAll(
    /\\([\s\S])|([A-Za-z])/g,
    (all, escaped?: string, letter?: string) =>
      escaped ??
      (letter !== undefined && Object.hasOwn(letters, letter) ? (letters[letter]?.() ?? all) : all),
  );
}

const account = (machine: Machine, uid: number): Value => {
  const user = machine.world.process.state.machine.users.find((one) => one.uid === uid);
  if (user === undefined) return false;
  return ArrayValue.from([
    ['name', user.name],
    ['passwd', 'x'],
    ['uid', BigInt(uid)],
    ['gid', BigInt(uid)],
    ['gecos', user.name === 'root' ? 'root' : ''],
    ['dir', user.home],
    ['shell', user.shell],
  ]);
};

const userId = (machine: Machine): bigint => BigInt(machine.world.process.state.files.uid);

/** `phpinfo()` as php-cli begins it. */
function told(machine: Machine): string {
  const [major = '8', minor = '2'] = machine.version.split('.');
  return [
    'phpinfo()',
    `PHP Version => ${machine.version}`,
    '',
    `System => ${systemName(machine, 'a')}`,
    'Server API => Command Line Interface',
    'Virtual Directory Support => disabled',
    `Configuration File (php.ini) Path => /etc/php/${major}.${minor}/cli`,
    `Loaded Configuration File => /etc/php/${major}.${minor}/cli/php.ini`,
    `Scan this dir for additional .ini files => /etc/php/${major}.${minor}/cli/conf.d`,
    'Debug Build => no',
    'Thread Safety => disabled',
    'Zend Signal Handling => enabled',
    'Zend Memory Manager => enabled',
    'IPv6 Support => enabled',
    '',
  ].join('\n');
}

function setting(machine: Machine, given: Given): Value {
  const before = machine.settings.get(given.text(0));
  if (before === undefined) return false;
  machine.settings.set(given.text(0), textOf(given.value(1)));
  if (given.text(0) === 'error_reporting') machine.reporting = given.number(1);
  return before;
}

export const informationFunctions: NativeTable = {
  'phpversion(?string $extension = null)': (machine, given) =>
    given.isNull(0) || extensions.some((name) => name.toLowerCase() === given.text(0).toLowerCase())
      ? machine.version
      : false,
  'php_sapi_name()': () => 'cli',
  'php_uname(string $mode = "a")': (machine, given) => systemName(machine, given.text(0)),
  'phpinfo(int $flags = 4294967295)': (machine) => {
    machine.write(told(machine));
    return true;
  },
  'zend_version()': (machine) => machine.version.replace(/^8/, '4').replace(/^7/, '3'),
  'get_current_user()': (machine) =>
    machine.world.process.state.machine.users.find((user) => BigInt(user.uid) === userId(machine))?.name ??
    'root',
  'getmypid()': (machine) => BigInt(machine.world.process.pid),
  'getmyuid()': userId,
  'getmygid()': userId,
  'posix_getuid()': userId,
  'posix_geteuid()': userId,
  'posix_getgid()': userId,
  'posix_getegid()': userId,
  'posix_getpid()': (machine) => BigInt(machine.world.process.pid),
  'posix_getppid()': (machine) => BigInt(machine.world.process.parentPid),
  'posix_getpwuid(int $user_id)': (machine, given) => account(machine, given.number(0)),
  'posix_setsid()': (machine) => BigInt(machine.world.process.pid),
  'posix_isatty(mixed $file_descriptor)': () => false,
  'posix_uname()': (machine) =>
    ArrayValue.from(
      ['sysname:s', 'nodename:n', 'release:r', 'version:v', 'machine:m'].map((pair) => [
        pair.slice(0, -2),
        systemName(machine, pair.slice(-1)),
      ]),
    ),
  'extension_loaded(string $extension)': (_machine, given) =>
    extensions.some((name) => name.toLowerCase() === given.text(0).toLowerCase()),
  'get_loaded_extensions(bool $zend_extensions = false)': () => ArrayValue.of(extensions),
  'ini_get(string $option)': (machine, given) => machine.settings.get(given.text(0)) ?? false,
  'ini_set(string $option, mixed $value)': setting,
  'set_time_limit(int $seconds)': () => true,
  'ignore_user_abort(?bool $enable = null)': () => 0n,
  'error_reporting(?int $error_level = null)': (machine, given) => {
    const before = machine.reporting;
    if (!given.isNull(0)) machine.reporting = given.number(0);
    return BigInt(before);
  },
  'error_get_last()': (machine) => {
    const last = machine.lastError;
    if (last === null) return null;
    return ArrayValue.from([
      ['type', BigInt(last.type)],
      ['message', last.message],
      ['file', last.place],
      ['line', BigInt(last.line)],
    ]);
  },
  'error_clear_last()': (machine) => {
    machine.lastError = null;
    return null;
  },
  'error_log(string $message, int $message_type = 0, ?string $destination = null, ?string $additional_headers = null)':
    (machine, given) => {
      if (given.number(1) !== 0) throw new Unsupported('error_log');
      machine.world.complain(`${given.text(0)}\n`);
      return true;
    },
  'trigger_error(string $message, int $error_level = 1024)': (machine, given) => {
    const level = given.number(1);
    if (level === 1_024) machine.notice(given.text(0));
    else if (level === 512) machine.warn(given.text(0));
    else if (level !== 16_384) throw new Unsupported('trigger_error');
    return true;
  },
  'time()': (machine) => BigInt(Math.floor(now(machine) / 1000)),
  'microtime(bool $as_float = false)': (machine, given) => {
    const at = now(machine);
    return given.flag(0) ? at / 1000 : `${((at % 1000) / 1000).toFixed(8)} ${Math.floor(at / 1000)}`;
  },
  'hrtime(bool $as_number = false)': (machine, given) => {
    const at = BigInt(Math.floor(now(machine) - machine.world.process.state.machine.persona.bootedAt));
    return given.flag(0) ? at * 1_000_000n : ArrayValue.of([at / 1_000n, (at % 1_000n) * 1_000_000n]);
  },
  'date(string $format, ?int $timestamp = null)': (machine, given) =>
    dated(given.text(0), given.isNull(1) ? now(machine) : given.number(1) * 1000),
  'gmdate(string $format, ?int $timestamp = null)': (machine, given) =>
    dated(given.text(0), given.isNull(1) ? now(machine) : given.number(1) * 1000),
  'mktime(int $hour, ?int $minute = null, ?int $second = null, ?int $month = null, ?int $day = null, ?int $year = null)':
    (machine, given) => {
      const date = new Date(now(machine));
      const part = (at: number, otherwise: number): number =>
        given.isNull(at) ? otherwise : given.number(at);
      const at = Date.UTC(
        part(5, date.getUTCFullYear()),
        part(3, date.getUTCMonth() + 1) - 1,
        part(4, date.getUTCDate()),
        given.number(0),
        part(1, date.getUTCMinutes()),
        part(2, date.getUTCSeconds()),
      );
      return Number.isNaN(at) ? false : BigInt(at / 1000);
    },
  'checkdate(int $month, int $day, int $year)': (_machine, given) => {
    const [month, day, year] = [given.number(0), given.number(1), given.number(2)];
    return (
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      year >= 1 &&
      day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
    );
  },
  'date_default_timezone_set(string $timezoneId)': () => true,
  'date_default_timezone_get()': () => 'UTC',
  'getenv(?string $name = null, bool $local_only = false)': (machine, given) => {
    if (!given.isNull(0)) return machine.world.environment.get(given.text(0)) ?? false;
    return ArrayValue.from(machine.world.environment);
  },
  'putenv(string $assignment)': (machine, given) => {
    const [name = '', ...value] = given.text(0).split('=');
    machine.spend(given.text(0).length * 2);
    if (value.length === 0) machine.world.environment.delete(name);
    else machine.world.environment.set(name, value.join('='));
    return true;
  },
  'memory_get_usage(bool $real_usage = false)': (_machine, given) => (given.flag(0) ? 2_097_152n : 395_000n),
  'memory_get_peak_usage(bool $real_usage = false)': (_machine, given) =>
    given.flag(0) ? 2_097_152n : 433_000n,
  'gc_collect_cycles()': () => 0n,
  'gc_enable()': () => null,
  'set_error_handler(?callable $callback, int $error_levels = 32767)': (_machine, given) => {
    if (!given.isNull(0)) throw new Unsupported('handler');
    return null;
  },
  'set_exception_handler(?callable $callback)': (_machine, given) => {
    if (!given.isNull(0)) throw new Unsupported('handler');
    return null;
  },
  'restore_error_handler()': () => true,
  'uniqid(string $prefix = "", bool $more_entropy = false)': (machine, given) => {
    const at = Math.floor(now(machine));
    const tail = machine.world.process.state.machine.nextRandom() % 1_000;
    return `${given.text(0)}${Math.floor(at / 1000)
      .toString(16)
      .padStart(
        8,
        '0',
      )}${((at % 1000) * 1000 + tail).toString(16).padStart(5, '0')}${given.flag(1) ? `.${String(machine.world.process.state.machine.nextRandom() % 100_000_000).padStart(8, '0')}` : ''}`;
  },
  'version_compare(string $version1, string $version2, ?string $operator = null)': (machine, given) => {
    machine.spend(given.text(0).length + given.text(1).length);
    const [left, right] = [given.text(0), given.text(1)].map((text) => text.match(/\d+|[a-z]+/gi) ?? []);
    const ranks: Readonly<Record<string, number>> = {
      dev: 0,
      alpha: 1,
      a: 1,
      beta: 2,
      b: 2,
      RC: 3,
      rc: 3,
      pl: 6,
      p: 6,
    };
    const rank = (part: string | undefined): number =>
      part === undefined ? 4 : /\d/.test(part) ? 5 : Object.hasOwn(ranks, part) ? (ranks[part] ?? -1) : -1;
    let order = 0;
    for (let at = 0; order === 0 && at < Math.max(left?.length ?? 0, right?.length ?? 0); at += 1) {
      const [one, other] = [left?.[at], right?.[at]];
      order = Math.sign(
        /^\d/.test(one ?? '') && /^\d/.test(other ?? '')
          ? Number(one) - Number(other)
          : rank(one) - rank(other),
      );
    }
    if (given.isNull(2)) return BigInt(order);
    const results: Readonly<Record<string, boolean>> = {
      '<': order < 0,
      lt: order < 0,
      '<=': order <= 0,
      le: order <= 0,
      '>': order > 0,
      gt: order > 0,
      '>=': order >= 0,
      ge: order >= 0,
      '==': order === 0,
      eq: order === 0,
      '!=': order !== 0,
      '<>': order !== 0,
      ne: order !== 0,
    };
    return Object.hasOwn(results, given.text(2))
      ? (results[given.text(2)] ?? false)
      : machine.throwError(
          'ValueError',
          'version_compare(): Argument #3 ($operator) must be a valid comparison operator',
        );
  },
};

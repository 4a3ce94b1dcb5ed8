import { createHash } from 'node:crypto';
import { passwordCrypt } from '../../wire/password-crypt.ts';
import { addressOf } from '../download.ts';
import { openOutput } from '../evaluate/redirection.ts';
import { FileFault } from '../files/fault.ts';
import type { Command, Process } from '../process.ts';
import type { Reading } from '../stream.ts';
import { inputText } from './input-text.ts';

const digests = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'ripemd160'];

export function opensslVersion(process: Process): string {
  const { packages } = process.state.machine;
  return packages.family === 'redhat'
    ? 'OpenSSL 1.1.1k  FIPS 25 Mar 2021'
    : packages.codename === 'focal'
      ? 'OpenSSL 1.1.1f  31 Mar 2020'
      : 'OpenSSL 1.1.1w  11 Sep 2023';
}

/** `-name value` and bare words, as openssl's programs take them: `valued` are the names with a value. */
function read(
  words: readonly string[],
  valued: readonly string[],
): { values: Map<string, string>; flags: Set<string>; rest: string[] } {
  const [values, flags, rest] = [new Map<string, string>(), new Set<string>(), [] as string[]];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) rest.push(word);
    else if (valued.includes(word.slice(1))) {
      at += 1;
      values.set(word.slice(1), words[at] ?? '');
    } else flags.add(word.slice(1));
  }
  return { values, flags, rest };
}

function write(process: Process, path: string | undefined, text: string): number {
  if (path === undefined) process.output.write(text);
  else
    try {
      openOutput(process.state, path, process.folder, 'truncate').write(text);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      process.error.write(`Can't open ${path} for writing, ${error.message}\n`);
      return 1;
    }
  return 0;
}

function* content(process: Process, path: string): Reading<string | null> {
  if (path !== '-' && process.state.files.find(path, process.folder)?.kind !== 'file') {
    process.error.write(`Can't open ${path} for reading, No such file or directory\n`);
    return null;
  }
  return yield* inputText(process, path);
}

const wrapped = (text: string): string => (text.match(/.{1,64}/g) ?? []).map((line) => `${line}\n`).join('');

function* password(process: Process, words: readonly string[]): Reading<number> {
  const { values, flags, rest } = read(words, ['salt', 'in']);
  const magic = flags.has('1') ? '1' : flags.has('apr1') ? 'apr1' : flags.has('5') ? '5' : '6';
  const given = flags.has('stdin')
    ? (yield* process.input.all()).split('\n').filter((line) => line !== '')
    : rest;
  if (given.length === 0) {
    process.error.write('Password: ');
    const line = ((yield* process.input.line()) ?? '').replace(/\r?\n$/, '');
    process.error.write('\nVerifying - Password: ');
    yield* process.input.line();
    process.error.write('\n');
    given.push(line);
  }
  const drawn = Buffer.from(process.state.machine.randomText(12), 'latin1')
    .toString('base64')
    .replaceAll(/[+=]/g, '.');
  for (const one of given.slice(0, 20)) {
    process.state.budget.spend(200);
    process.output.write(`${passwordCrypt(one.slice(0, 128), values.get('salt') ?? drawn, magic)}\n`);
  }
  return 0;
}

function* digest(process: Process, name: string, words: readonly string[]): Reading<number> {
  const { values, flags, rest } = read(words, ['out', 'hmac']);
  const algorithm = digests.find((one) => flags.has(one)) ?? (name === 'dgst' ? 'sha256' : name);
  for (const path of rest.length === 0 ? ['-'] : rest) {
    const text = yield* content(process, path);
    if (text === null) return 1;
    const hash = createHash(algorithm).update(text, 'latin1').digest();
    const label = rest.length === 0 ? '(stdin)= ' : `${algorithm.toUpperCase()}(${path})= `;
    const shown = flags.has('binary')
      ? hash.toString('latin1')
      : `${flags.has('r') ? '' : label}${hash.toString('hex')}${flags.has('r') ? ` *${path === '-' ? 'stdin' : path}` : ''}\n`;
    const status = write(process, values.get('out'), shown);
    if (status !== 0) return status;
  }
  return 0;
}

function* encode(process: Process, name: string, words: readonly string[]): Reading<number> {
  const { values, flags } = read(words, ['in', 'out', 'k', 'pass', 'K', 'iv', 'S', 'md', 'iter']);
  const text = yield* content(process, values.get('in') ?? '-');
  if (text === null) return 1;
  const base64 = name === 'base64' || flags.has('base64') || flags.has('a');
  const decodes = flags.has('d');
  if (!base64) {
    // Without the key there is nothing to be had of what others have encrypted.
    process.error.write(decodes ? 'bad magic number\n' : 'enc: Use -help for summary.\n');
    return 1;
  }
  const out = decodes
    ? Buffer.from(text, 'base64').toString('latin1')
    : flags.has('A')
      ? Buffer.from(text, 'latin1').toString('base64')
      : wrapped(Buffer.from(text, 'latin1').toString('base64'));
  return write(process, values.get('out'), out);
}

function random(process: Process, words: readonly string[]): number {
  const { values, flags, rest } = read(words, ['out']);
  const count = Number(rest[0] ?? 'x');
  if (!Number.isInteger(count) || count < 0) {
    process.error.write('Usage: rand [flags] num\nrand: Use -help for summary.\n');
    return 1;
  }
  const bytes = Buffer.from(process.state.machine.randomText(Math.min(count, 1_048_576)), 'latin1');
  return write(
    process,
    values.get('out'),
    flags.has('hex')
      ? `${bytes.toString('hex')}\n`
      : flags.has('base64')
        ? wrapped(bytes.toString('base64'))
        : bytes.toString('latin1'),
  );
}

/** The connection does not happen; whom it was to reach is recorded. */
function connect(process: Process, words: readonly string[]): number {
  const { values } = read(words, [
    'connect',
    'servername',
    'CAfile',
    'cert',
    'key',
    'starttls',
    'host',
    'port',
  ]);
  const match = /^(.{1,255}?):(\d{1,5})$/.exec(values.get('connect') ?? '');
  const [host, port] = [match?.[1] ?? 'localhost', match?.[2] ?? '4433'];
  process.state.recordCommand(['nc', host, port]);
  const id = `${process.state.machine.nextRandom().toString(10).padStart(9, '1').slice(0, 9)}${process.pid}`;
  if (!/^[\d.]+$/.test(host) && host !== 'localhost' && !host.includes('.')) {
    process.error.write(
      `${id}:error:2008F002:BIO routines:BIO_lookup_ex:system lib:../crypto/bio/b_addr.c:730:Name or service not known\nconnect:errno=2\n`,
    );
    return 1;
  }
  addressOf(process, host);
  process.state.sleep(60 + (process.state.machine.nextRandom() % 100));
  process.error.write(
    `${id}:error:0200206F:system library:connect:Connection refused:../crypto/bio/b_sock2.c:110:\n${id}:error:2008A067:BIO routines:BIO_connect:connect error:../crypto/bio/b_sock2.c:111:\nconnect:errno=111\n`,
  );
  return 1;
}

export const openssl: Command = {
  names: ['openssl'],
  folder: '/usr/bin',
  systems: 'gnu',
  *run(process) {
    const [verb, ...words] = process.words;
    if (verb === undefined) {
      // Its own prompt, until it is left.
      for (;;) {
        process.output.write('OpenSSL> ');
        const line = yield* process.input.line();
        if (line === null || /^(?:quit|exit|q)$/.test(line.trim())) return 0;
        if (line.trim() !== '') yield* process.execute(['openssl', ...line.trim().split(/ +/)]);
      }
    }
    if (verb === 'version') {
      process.output.write(
        words.includes('-d') ? 'OPENSSLDIR: "/usr/lib/ssl"\n' : `${opensslVersion(process)}\n`,
      );
      return 0;
    }
    if (verb === 'passwd') return yield* password(process, words);
    if (verb === 'rand') return random(process, words);
    if (verb === 'enc' || verb === 'base64' || /^(?:aes|des|camellia)/.test(verb))
      return yield* encode(process, verb, words);
    if (verb === 'dgst' || digests.includes(verb)) return yield* digest(process, verb, words);
    if (verb === 's_client') return connect(process, words);
    if (
      /^(?:req|x509|genrsa|rsa|genpkey|pkey|ca|verify|s_server|speed|ciphers|pkcs12|ec|ecparam|asn1parse|crl|dhparam|list|help)$/.test(
        verb,
      )
    ) {
      process.error.write(`${verb}: Use -help for summary.\n`);
      return 1;
    }
    process.error.write(`Invalid command '${verb}'; type "help" for a list.\n`);
    return 1;
  },
};

/**
 * Addresses in shell text: what a command would fetch from or connect to. Every pattern is anchored on a literal and
 * free of nested repetition, so the search is linear.
 */

import { ipv4Value } from '../core/address.ts';
import { limits } from './limits.ts';

const urlPattern =
  /(?:https?|ftps?|tftp|sftp|ldaps?|rmi|wss?|stratum\+tcp|stratum\+ssl):\/\/[^\s'"`<>|;&(){}\\]{1,2000}(?:&[^\s'"`<>|;&(){}\\]{1,500}){0,40}/gi;
const devicePattern = /\/dev\/(tcp|udp)\/([A-Za-z0-9_.:-]{1,255})\/(\d{1,5})/g;
const quadPattern = /(?<![\w.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?::(\d{1,5}))?(?![\w.])/g;

function isHost(text: string): boolean {
  return (
    ipv4Value(text) >= 0 ||
    /^(?=.{4,255}$)[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}$/.test(text)
  );
}

/** URLs, `/dev/tcp` targets and bare IPv4 addresses in a text, each once, in their order, bounded. */
export function addressesInText(text: string): string[] {
  const bounded = text.slice(0, limits.inputLineBytes);
  const found = new Set<string>();
  if (bounded.includes('://'))
    for (const match of bounded.matchAll(urlPattern)) found.add(match[0].replace(/[,.)\]]$/, ''));
  if (bounded.includes('/dev/'))
    for (const match of bounded.matchAll(devicePattern)) found.add(`${match[1]}://${match[2]}:${match[3]}`);
  const urls = [...found];
  for (const match of bounded.matchAll(quadPattern)) {
    const address = match[1] ?? '';
    if (ipv4Value(address) <= 0 || address.startsWith('127.') || address.startsWith('0.')) continue;
    if (urls.some((url) => url.includes(address))) continue;
    found.add(match[2] === undefined ? address : `${address}:${match[2]}`);
  }
  return [...found].slice(0, limits.addressesPerLine);
}

/** Arguments that are not options; options that take a value swallow it. */
function operands(words: readonly string[], valued: string): string[] {
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (/^-[A-Za-z]$/.test(word) && valued.includes(word.charAt(1))) index += 1;
    else if (!word.startsWith('-')) rest.push(word);
  }
  return rest;
}

function optionValue(words: readonly string[], option: string): string | null {
  const index = words.indexOf(option);
  if (index >= 0) return words[index + 1] ?? null;
  const joined = words.find((word) => word.startsWith(option) && word.length > option.length);
  return joined === undefined ? null : joined.slice(option.length);
}

/** Addresses that a command names in its own way: `wget host/path`, `tftp -g -r file host`, `nc host port`. */
export function addressesInCommand(words: readonly string[]): string[] {
  const [command = '', ...rest] = words[0]?.endsWith('busybox') === true ? words.slice(1) : words;
  const name = command.slice(command.lastIndexOf('/') + 1);
  const [first = '', second = '', third = ''] = operands(rest, 'lrbopuPOUTHdXAe');
  switch (name) {
    case 'wget':
    case 'curl':
    case 'lwp-download':
    case 'aria2c':
      return operands(rest, 'OoPUTtHdXAebu')
        .filter((word) => !word.includes('://'))
        .filter((word) => isHost(word.split(/[/:?]/, 1)[0] ?? ''))
        .map((word) => `http://${word}`);
    case 'tftp': {
      const file = optionValue(rest, '-r') ?? optionValue(rest, '-l') ?? '';
      const host = [first, second, third].find((word) => isHost(word)) ?? '';
      const classic = rest.includes('-c') ? (rest[rest.indexOf('-c') + 2] ?? '') : file;
      return host === '' ? [] : [`tftp://${host}/${classic}`];
    }
    case 'ftpget': {
      const path = third === '' ? second : third;
      return isHost(first) ? [`ftp://${first}/${path.replace(/^\/+/, '')}`] : [];
    }
    case 'nc':
    case 'ncat':
    case 'netcat':
    case 'telnet':
      return isHost(first) && /^\d{1,5}$/.test(second) ? [`tcp://${first}:${second}`] : [];
    case 'ssh':
    case 'scp':
    case 'sftp':
      return [first, second]
        .map((word) => word.slice(word.indexOf('@') + 1).split(':', 1)[0] ?? '')
        .filter((host) => ipv4Value(host) >= 0)
        .map((host) => `ssh://${host}`);
    default:
      return [];
  }
}

/** All addresses of one simple command, its words expanded. */
export function addressesOf(words: readonly string[]): string[] {
  const own = addressesInCommand(words);
  const inText = addressesInText(words.join(' ')).filter(
    (address) => !own.some((url) => url.includes(`//${address}`)),
  );
  return [...new Set([...inText, ...own])].slice(0, limits.addressesPerLine);
}

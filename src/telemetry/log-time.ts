/** Times as logs write them, in milliseconds since the epoch. What a log leaves out (year, zone) is taken from a time near by. */

/** By the codes of the three letters, a byte each. */
const codeOf = (text: string, at: number): number =>
  (text.charCodeAt(at) << 16) | (text.charCodeAt(at + 1) << 8) | text.charCodeAt(at + 2);
const months: ReadonlyMap<number, number> = new Map(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, month) => [codeOf(name, 0), month]),
);

/** 0 to 11, or -1. */
export function monthOf(text: string, at: number): number {
  // A character of more than a byte may come to the same code as three others.
  if (text.charCodeAt(at) > 127 || text.charCodeAt(at + 1) > 127 || text.charCodeAt(at + 2) > 127) return -1;
  return months.get(codeOf(text, at)) ?? -1;
}

/** The whole number that the digits of `text` from `at` on spell, `length` of them; -1 where they are none. */
export function digits(text: string, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index += 1) {
    const code = text.charCodeAt(index) - 48;
    if (!(code >= 0 && code <= 9)) return -1;
    value = value * 10 + code;
  }
  return value;
}

export interface TimeAt {
  readonly at: number;
  /** Index of the first character behind the time. */
  readonly end: number;
}

/** Remembers the day that it last worked out: log lines of one day come together. */
let lastYear = -1;
let lastMonth = -1;
let lastDay = -1;
let dayStart = 0;

function dayOf(year: number, month: number, day: number): number {
  if (day !== lastDay || month !== lastMonth || year !== lastYear) {
    lastYear = year;
    lastMonth = month;
    lastDay = day;
    dayStart = Date.UTC(year, month, day);
  }
  return dayStart;
}

/** And the year of the time that it was last given as near. */
let lastNear = Number.NaN;
let nearYear = Number.NaN;

function yearOf(near: number): number {
  if (near !== lastNear) {
    lastNear = near;
    nearYear = new Date(near).getUTCFullYear();
  }
  return nearYear;
}

/** A clock that was never set writes times before the epoch, which no observation can have: they are taken for its begin. */
function sinceEpoch(at: number, end: number): TimeAt {
  return { at: Math.max(0, at), end };
}

/** `hh:mm:ss` in milliseconds, or -1. */
function clockAt(text: string, at: number): number {
  const hour = digits(text, at, 2);
  const minute = digits(text, at + 3, 2);
  const second = digits(text, at + 6, 2);
  if (hour < 0 || minute < 0 || second < 0 || hour > 24 || minute > 59 || second > 60) return -1;
  return text.charCodeAt(at + 2) === 58 && text.charCodeAt(at + 5) === 58
    ? (hour * 3600 + minute * 60 + second) * 1000
    : -1;
}

/** `Mmm d hh:mm:ss`, `Mmm dd hh:mm:ss` (RFC 3164 §4.1.2), also with a year ahead of the clock. Read as UTC. */
export function syslogTime(text: string, at: number, near: number): TimeAt | null {
  const month = monthOf(text, at);
  if (month < 0) return null;
  let index = at + 3;
  while (text.charCodeAt(index) === 32) index += 1;
  let day = digits(text, index, 2);
  if (day >= 0) index += 2;
  else {
    day = digits(text, index, 1);
    index += 1;
  }
  if (day < 1 || day > 31 || text.charCodeAt(index) !== 32) return null;
  index += 1;
  let year = -1;
  if (text.charCodeAt(index + 4) === 32 && digits(text, index, 4) > 0) {
    year = digits(text, index, 4);
    index += 5;
  }
  const clock = clockAt(text, index);
  if (clock < 0) return null;
  if (year < 0) {
    // The year that lies nearest: a log of December is read in January.
    year = yearOf(near);
    const half = 183 * 86_400_000;
    const guess = dayOf(year, month, day) + clock;
    if (guess - near > half) year -= 1;
    else if (near - guess > half) year += 1;
  }
  return sinceEpoch(dayOf(year, month, day) + clock, index + 8);
}

/** `yyyy-mm-dd` or `yyyy/mm/dd`, then `T` or a space, `hh:mm:ss`, a fraction with `.` or `,`, and `Z` or `+hh:mm`; without a zone UTC. */
export function isoTime(text: string, at: number): TimeAt | null {
  const year = digits(text, at, 4);
  const month = digits(text, at + 5, 2);
  const day = digits(text, at + 8, 2);
  const separator = text.charCodeAt(at + 4);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  if ((separator !== 45 && separator !== 47) || text.charCodeAt(at + 7) !== separator) return null;
  const between = text.charCodeAt(at + 10);
  if (between !== 84 && between !== 32) return null;
  let index = at + 11;
  // MariaDB pads the hour with a space.
  const padded = text.charCodeAt(index) === 32 ? `${text.slice(0, index)}0${text.slice(index + 1)}` : text;
  const clock = clockAt(padded, index);
  if (clock < 0) return null;
  index += 8;
  let fraction = 0;
  const mark = text.charCodeAt(index);
  if ((mark === 46 || mark === 44) && digits(text, index + 1, 1) >= 0) {
    const from = index + 1;
    index = from;
    while (digits(text, index, 1) >= 0) index += 1;
    fraction = Math.floor(Number(`0.${text.slice(from, Math.min(index, from + 3))}`) * 1000);
  }
  const zone = zoneAt(text, text.charCodeAt(index) === 32 ? index + 1 : index);
  if (zone !== null) index = zone.end;
  return sinceEpoch(dayOf(year, month - 1, day) + clock + fraction - (zone?.at ?? 0), index);
}

/** `Z`, `+hhmm` or `+hh:mm` as milliseconds ahead of UTC. */
function zoneAt(text: string, at: number): TimeAt | null {
  const sign = text.charCodeAt(at);
  if (sign === 90) return { at: 0, end: at + 1 };
  if (sign !== 43 && sign !== 45) return null;
  const hours = digits(text, at + 1, 2);
  const colon = text.charCodeAt(at + 3) === 58 ? 1 : 0;
  const minutes = digits(text, at + 3 + colon, 2);
  if (hours < 0 || minutes < 0 || hours > 15) return null;
  const value = (hours * 60 + minutes) * 60_000;
  return { at: sign === 45 ? -value : value, end: at + 5 + colon };
}

/** `dd/Mmm/yyyy:hh:mm:ss +hhmm`, as web servers write it; cPanel has `mm/dd/yyyy`, Kerio a space ahead of the clock. */
export function accessTime(text: string, at: number): TimeAt | null {
  const first = digits(text, at, 2);
  const month = monthOf(text, at + 3);
  if (month < 0 && text.charCodeAt(at + 2) === 47 && text.charCodeAt(at + 5) === 47) {
    const day = digits(text, at + 3, 2);
    const year = digits(text, at + 6, 4);
    return first < 1 || first > 12 || day < 1 ? null : withClock(text, at + 11, dayOf(year, first - 1, day));
  }
  const year = digits(text, at + 7, 4);
  if (first < 1 || month < 0 || year < 0) return null;
  return withClock(text, at + 12, dayOf(year, month, first));
}

/** `hh:mm:ss +hhmm` of a day. */
function withClock(text: string, at: number, start: number): TimeAt | null {
  const clock = clockAt(text, at);
  if (clock < 0 || !Number.isFinite(start)) return null;
  const zone = zoneAt(text, at + 9);
  return sinceEpoch(start + clock - (zone?.at ?? 0), zone === null ? at + 8 : zone.end);
}

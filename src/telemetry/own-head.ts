/**
 * The head of an application's own log line, where no syslog stands ahead of it: a time in one of the usual forms, brackets with process, level
 * or thread, Exim's message id. What follows is the message, in which nothing that a client chose stands ahead of what the daemon wrote.
 */

import { accessTime, isoTime, syslogTime, type TimeAt } from './log-time.ts';

export interface OwnLine {
  readonly at: number;
  readonly message: string;
}

/** Never a client's address. `[PID] `, `[level] `, `<facility.level> `, and Exim's `1UlasQ-0003fr-45 ` or `1qabcD-000000000Ab-0cde `. */
const mark =
  /^(?:\[(?!client |remote |[0-9a-fA-F.:]{7,45}\])[A-Za-z0-9_:. -]{1,40}\]|<[a-z0-9.]{3,20}>|[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) +/;
const mostMarks = 4;

/** The line's time and message; the whole line where it begins with none. */
export function ownLine(line: string, near: number): OwnLine {
  const first = line.charCodeAt(0);
  let index = first === 91 || first === 40 ? 1 : 0;
  // `Mon Jun 8 12:08:44 2020` and `Jul-31-16 …`: a weekday ahead of the month.
  if (/^[A-Z][a-z]{2} [A-Z][a-z]{2} /.test(line.slice(index, index + 8))) index += 4;
  const time: TimeAt | null =
    isoTime(line, index) ?? accessTime(line, index) ?? syslogTime(line, index, near);
  if (time === null) return { at: near, message: line };
  let end = time.end;
  // What is left of the time and its bracket: `+0200`, `:`, `]`.
  while (end < line.length && end - time.end < 12 && /[\])+:\d.,-]/.test(line.charAt(end))) end += 1;
  let message = line.slice(end).trimStart();
  for (let count = 0; count < mostMarks; count += 1) {
    const found = mark.exec(message);
    if (found === null) break;
    message = message.slice(found[0].length);
  }
  return { at: time.at, message };
}

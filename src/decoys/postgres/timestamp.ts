import { dateTime } from '../sql/functions.ts';

/** `2026-03-01 12:00:00+00` */
export function timestamp(milliseconds: number): string {
  return `${dateTime(milliseconds)}.${String(milliseconds % 1000).padStart(3, '0')}+00`;
}

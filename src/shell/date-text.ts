const units: Readonly<Record<string, number>> = {
  sec: 1_000,
  second: 1_000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  fortnight: 1_209_600_000,
  month: 2_629_746_000,
  year: 31_556_952_000,
};

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** A date as people give it to `date -d` and `touch -d`, in UTC; null where it is none. Milliseconds since the epoch. */
export function readDate(text: string, now: number): number | null {
  const given = text.trim().toLowerCase();
  if (given.length > 80) return null;
  if (given === '' || given === 'today') return given === '' ? now - (now % 86_400_000) : now;
  if (given === 'now') return now;
  if (given === 'yesterday') return now - 86_400_000;
  if (given === 'tomorrow') return now + 86_400_000;
  const epoch = /^@(-?\d{1,12})$/.exec(given);
  if (epoch !== null) return Number(epoch[1]) * 1000;
  const iso =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?(?: ?(?:z|utc|gmt|\+00:?00))?$/.exec(
      given,
    );
  if (iso !== null) return moment(iso.slice(1));
  const compact = /^(\d{4})(\d{2})(\d{2})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(given);
  if (compact !== null) return moment(compact.slice(1));
  const named =
    /^(?:[a-z]{3},? )?(?:(\d{1,2}) ([a-z]{3})[a-z]*|([a-z]{3})[a-z]* +(\d{1,2}),?)(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: utc)? (\d{4})$/.exec(
      given,
    );
  if (named !== null) {
    const month = monthNames.indexOf(named[2] ?? named[3] ?? '');
    if (month >= 0)
      return moment([named[8], String(month + 1), named[1] ?? named[4], named[5], named[6], named[7]]);
  }
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(given);
  if (clock !== null)
    return (
      now -
      (now % 86_400_000) +
      (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)) * 1000
    );
  const relative = /^([-+]?) ?(\d{1,6}) ?([a-z]{3,10}?)s?( ago)?$/.exec(
    given
      .replace(/^now /, '')
      .replace(/^last /, '-1 ')
      .replace(/^next /, '1 '),
  );
  const unit = units[relative?.[3] ?? ''];
  if (relative === null || unit === undefined) return null;
  return (
    now + (relative[1] === '-' ? -1 : 1) * (relative[4] === undefined ? 1 : -1) * Number(relative[2]) * unit
  );
}

/** `[[CC]YY]MMDDhhmm[.ss]` of `touch -t`; null where it is none. */
export function readStamp(text: string, now: number): number | null {
  const match = /^(\d{2}|\d{4})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const full =
    year === undefined
      ? String(new Date(now).getUTCFullYear())
      : year.length === 4
        ? year
        : `${Number(year) < 69 ? '20' : '19'}${year}`;
  return moment([full, month, day, hour, minute, second]);
}

function moment(parts: readonly (string | undefined)[]): number | null {
  const [year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0));
  if (
    (month ?? 0) < 1 ||
    (month ?? 0) > 12 ||
    (day ?? 0) < 1 ||
    (day ?? 0) > 31 ||
    (hour ?? 0) > 23 ||
    (minute ?? 0) > 59 ||
    (second ?? 0) > 60
  )
    return null;
  return Date.UTC(year ?? 1970, (month ?? 1) - 1, day, hour, minute, second);
}

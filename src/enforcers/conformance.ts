/** What every back end must do, whatever it is made of. Called from the tests of each, with an enforcer of room for `room` hosts. */

import type { ApplyResult, Change, Enforcer, Rule } from '../core/enforcer.ts';

export interface Finding {
  readonly what: string;
  readonly found: unknown;
  readonly expected: unknown;
}

const hour = 3_600_000;

/** Runs the suite on a started or startable, empty enforcer and returns what is not as it must be; the enforcer is left empty. */
export function findings(enforcer: Enforcer, room: number, now: number): readonly Finding[] {
  const wrong: Finding[] = [];
  const expect = (what: string, found: unknown, expected: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ what, found, expected });
  };
  const standing = (): string[] =>
    enforcer
      .observe()
      .map((rule) => `${rule.target} ${rule.action} ${Math.round((rule.until - now) / 60_000)}m`)
      .sort();
  const add = (target: string, action: Rule['action'] = 'block', lifetime = hour): Change => ({
    do: 'add',
    rule: { target, action, until: now + lifetime },
  });
  const apply = (...changes: Change[]): ApplyResult => enforcer.apply(changes, now);
  const remove = (target: string): Change => ({ do: 'remove', target });

  enforcer.start();
  const targets = [
    '192.0.2.1',
    '198.51.100.0/24',
    '198.51.0.0/16',
    '2001:db8::/64',
    '2001:db8::7',
    '2001:db8:1::/48',
  ];
  expect(
    'hosts and networks of both families, overlapping ones too',
    apply(...targets.map((target) => add(target))).failed,
    [],
  );
  expect('they stand', standing(), targets.map((target) => `${target} block 60m`).sort());
  expect('adding again is no error', apply(add('192.0.2.1')), { applied: 1, failed: [] });
  apply({ do: 'renew', rule: { target: '192.0.2.1', action: 'block', until: now + 2 * hour } });
  expect('renewing lengthens', standing().includes('192.0.2.1 block 120m'), true);
  apply({ do: 'renew', rule: { target: '192.0.2.1', action: 'block', until: now + hour / 2 } });
  expect('renewing shortens', standing().includes('192.0.2.1 block 30m'), true);
  const harder: Rule[] = [{ target: '192.0.2.1', action: 'rate-limit', until: now + hour }];
  const rest = enforcer.observe().filter((rule) => rule.target !== '192.0.2.1');
  apply(...enforcer.plan([...harder, ...rest], enforcer.observe(), now));
  expect(
    'another action takes the place of the first',
    standing().filter((line) => line.startsWith('192.0.2.1 ')),
    ['192.0.2.1 rate-limit 60m'],
  );
  expect('removing what is not there is no error', apply(remove('203.0.113.77')), { applied: 1, failed: [] });
  apply(remove('192.0.2.1'), remove('198.51.100.0/24'));
  expect(
    'what is removed is gone',
    standing().some((line) => /^192\.0\.2\.1 |^198\.51\.100\./.test(line)),
    false,
  );
  const mixed = apply(add('203.0.113.1'), add('not an address'), add('0.0.0.0/0'), add('203.0.113.2'));
  expect(
    'one bad change takes no other with it',
    mixed.failed.map((failure) => failure.cause),
    ['unsupported', 'unsupported'],
  );
  expect('the good ones stand', standing().filter((line) => line.startsWith('203.')).length, 2);
  apply(add('203.0.113.9'), remove('203.0.113.9'));
  expect(
    'the last change of a target wins',
    standing().some((line) => line.startsWith('203.0.113.9 ')),
    false,
  );
  const observed = enforcer.observe();
  expect('what is observed as desired needs no change', enforcer.plan(observed, observed, now), []);
  apply(...enforcer.plan([], enforcer.observe(), now));
  expect('a plan for nothing leaves nothing', standing(), []);

  const many = Array.from({ length: room + 3 }, (_, index) => add(`10.9.${index >> 8}.${index & 255}`));
  const full = apply(...many);
  expect(
    'what does not fit says so',
    full.failed.map((failure) => failure.cause),
    ['capacity', 'capacity', 'capacity'],
  );
  expect('what fits stands', standing().length, room);
  expect('a full store still renews', apply(add('10.9.0.0', 'block', 2 * hour)).failed.length <= 1, true);
  apply(...enforcer.plan([], enforcer.observe(), now));
  expect('and is emptied', standing(), []);
  return wrong;
}

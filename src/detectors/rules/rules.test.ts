import { array, assert, constant, constantFrom, nat, oneof, property, record, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../core/evidence.ts';
import type { Fact, Observation, Seen } from '../../core/observation.ts';
import { boundedFact } from '../../core/bounded-fact.ts';
import { maliciousScore, suspiciousScore } from '../../decide/sequential-test.ts';
import { DetectorRunner } from '../runner.ts';
import { isRule, readRule } from './read-rule.ts';
import type { Rule } from './rule.ts';
import { allotted } from './rule-set.ts';
import { SlidingCount, SlidingSet } from './sliding-window.ts';

const head = 'rule: 1\nname: mine\nsummary: Something done\ntechnique: T1110\n';

function ruleOf(text: string): Rule {
  const read = readRule(`${head}${text}`);
  if (!isRule(read)) throw new Error(`${read.line}: ${read.why}`);
  return read;
}

function problemOf(text: string): string {
  const read = readRule(`${head}${text}`);
  return isRule(read) ? 'none' : `${read.line}: ${read.why}`;
}

function seen(fact: Fact, changes: Partial<Seen> = {}): Observation {
  return {
    id: '018f0000-0000-7000-8000-000000000000',
    at: 0,
    sensor: 'test',
    sequence: 1,
    source: '203.0.113.9',
    sourcePort: 4000,
    destination: '198.51.100.1',
    destinationPort: 443,
    transport: 'tcp',
    session: '',
    spoofable: false,
    ...fact,
    ...changes,
  };
}

const web = (path: string, changes: Partial<Seen> = {}, status = 404): Observation =>
  seen({ kind: 'web-access', method: 'GET', path, status, userAgent: 'curl/8', referrer: '' }, changes);
const login = (user: string, changes: Partial<Seen> = {}): Observation =>
  seen({ kind: 'login', service: 'ssh', user, outcome: 'failure', method: 'password' }, changes);

/** The evidence of each observation in turn. */
function run(rule: Rule, observations: readonly Observation[]): (readonly Evidence[])[] {
  const runner = new DetectorRunner([]);
  runner.useRules(allotted([rule]));
  return observations.map((observation) => runner.run(observation));
}

const counts = (rule: Rule, observations: readonly Observation[]): number[] =>
  run(rule, observations).map((evidence) => evidence.length);

describe('the conditions of a rule', () => {
  it.each([
    ['path: /a', web('/a'), web('/b')],
    ['path: [/a, /b]', web('/b'), web('/c')],
    ['path: { starts: /a }', web('/abc'), web('/b/a')],
    ['path: { starts: [/x, /a] }', web('/abc'), web('/b/a')],
    ['path: { ends: .php }', web('/a.php'), web('/a.php5')],
    ['path: { contains: /../ }', web('/a/../b'), web('/a/b')],
    ['path: { contains: ETC, ignoreCase: true }', web('/etc/x'), web('/tmp')],
    ['path: { matches: "^/[0-9]{3}$" }', web('/123'), web('/1234')],
    ['path: { matches: "^/ABC", ignoreCase: true }', web('/abcd'), web('/d')],
    ['path: { starts: /a, not: { ends: .css } }', web('/a.php'), web('/a.css')],
    ['path: { not: [/a, /b] }', web('/c'), web('/b')],
    ['status: 404', web('/', {}, 404), web('/', {}, 200)],
    ['status: { atLeast: 400, below: 500 }', web('/', {}, 499), web('/', {}, 500)],
    ['status: { above: 400 }', web('/', {}, 401), web('/', {}, 400)],
    ['status: { not: { atMost: 399 } }', web('/', {}, 400), web('/', {}, 399)],
    ['source: 203.0.113.0/24', web('/'), web('/', { source: '203.0.114.1' })],
    ['source: { not: [10.0.0.0/8, "2001:db8::/32"] }', web('/'), web('/', { source: '2001:db8::1' })],
    ['destination: 198.51.100.1', web('/'), web('/', { destination: '' })],
    ['port: 443', web('/'), web('/', { destinationPort: 80 })],
    ['spoofable: false', web('/'), web('/', { spoofable: true })],
    ['userAgent: { starts: curl/ }\nkind: web-access', web('/'), login('x')],
    ['ja4: t13d', web('/', { fingerprints: { ja4: 't13d' } }), web('/')],
    ['user: root', login('root'), login('ann')],
    ['account: { not: root }\nkind: login', login('ann'), login('root')],
    ['outcome: failure', login('root'), web('/')],
  ])('hold or do not: %s', (match, yes, no) => {
    const rule = ruleOf(`match:\n  ${match.replaceAll('\n', '\n  ')}\n`);
    expect(counts(rule, [no, yes, no, yes])).toEqual([0, 1, 0, 1]);
  });

  it('read headers by name, and a user agent from them where a request has no field for it', () => {
    const request = (agent: string): Observation =>
      seen({
        kind: 'request',
        service: 'http',
        method: 'GET',
        path: '/',
        headers: [
          ['User-Agent', agent],
          ['X-Key', 'abc'],
        ],
        body: '',
        status: 200,
      });
    const rule = ruleOf('match: { kind: request, headers.x-key: abc, userAgent: { starts: evil } }\n');
    expect(counts(rule, [request('evil/1'), request('good/1')])).toEqual([1, 0]);
  });

  it('are alternatives in a list, of which one must hold', () => {
    const rule = ruleOf('match:\n  - { kind: web-access, path: /a }\n  - { kind: login, user: root }\n');
    expect(counts(rule, [web('/a'), web('/b'), login('root'), login('ann')])).toEqual([1, 0, 1, 0]);
  });

  it('see any of the texts of a list', () => {
    const command = (urls: string[]): Observation =>
      seen({ kind: 'command', service: 'ssh', input: 'x', urls });
    const rule = ruleOf('match: { urls: { ends: .sh } }\n');
    expect(counts(rule, [command(['http://a/x', 'http://a/b.sh']), command(['http://a/x'])])).toEqual([1, 0]);
  });

  it('with a pattern see the first 8,192 characters, in linear time', () => {
    const rule = ruleOf('match: { kind: web-access, path: { matches: "(a*)*(a*)*(a*)*b" } }\n');
    const long = 'a'.repeat(60_000);
    expect(counts(rule, [web(long), web(`${long}b`), web('aab')])).toEqual([0, 0, 1]);
  });
});

describe('what a rule counts', () => {
  it('is a row within the window, and a new one after each finding', () => {
    const rule = ruleOf('match: { kind: web-access }\nthreshold: 3\nwindow: 1m\n');
    const at = (seconds: number): Observation => web('/', { at: seconds * 1000 });
    expect(counts(rule, [0, 30, 61, 62, 63, 64].map(at))).toEqual([0, 0, 0, 1, 0, 0]);
    expect(counts(rule, [0, 1, 2, 3, 4, 5].map(at))).toEqual([0, 0, 1, 0, 0, 1]);
  });

  it('is of each source by itself, and of an IPv6 source by its /64', () => {
    const rule = ruleOf('match: { kind: web-access }\nthreshold: 2\n');
    const from = (source: string): Observation => web('/', { source });
    expect(counts(rule, ['203.0.113.1', '203.0.113.2', '203.0.113.1'].map(from))).toEqual([0, 0, 1]);
    expect(counts(rule, ['2001:db8::1', '2001:db8::2'].map(from))).toEqual([0, 1]);
  });

  it('is different values where distinct names a field', () => {
    const rule = ruleOf('match: { kind: login }\ndistinct: user\nthreshold: 3\n');
    expect(
      counts(
        rule,
        ['a', 'a', 'b', 'b', 'c'].map((user) => login(user)),
      ),
    ).toEqual([0, 0, 0, 0, 1]);
  });

  it('may be shared by sources, and is then held against the one at hand alone', () => {
    const rule = ruleOf(
      'match: { kind: login, outcome: failure }\ngroup: user\ndistinct: source\nthreshold: 3\n',
    );
    const sources = ['203.0.113.1', '198.51.100.2', '192.0.2.3', '192.0.2.4'];
    const found = run(
      rule,
      sources.map((source) => login('root', { source })),
    );
    expect(found.map((evidence) => evidence.length)).toEqual([0, 0, 1, 1]);
    // ln 9: one act in company stays below suspicious (ln 99).
    expect(found[2]?.[0]?.weight).toBeCloseTo(Math.log(9));
    expect(found[2]?.[0]?.reason).toBe('Something done: 3 different source in 10 min, counted by user');
  });

  it('is by network: IPv4 /24 and IPv6 /48', () => {
    const rule = ruleOf('match: { kind: login }\ngroup: network\ndistinct: source\nthreshold: 2\n');
    const from = (source: string): Observation => login('root', { source });
    expect(counts(rule, ['203.0.113.1', '203.0.114.1', '203.0.113.2'].map(from))).toEqual([0, 0, 1]);
    expect(counts(rule, ['2001:db8:1::1', '2001:db8:2::1', '2001:db8:1:9::1'].map(from))).toEqual([0, 0, 1]);
  });

  it('may be of each combination', () => {
    const rule = ruleOf('match: { kind: login }\ngroup: [source, user]\nthreshold: 2\n');
    expect(
      counts(
        rule,
        ['a', 'b', 'a'].map((user) => login(user)),
      ),
    ).toEqual([0, 0, 1]);
  });
});

describe('the evidence of a rule', () => {
  it('carries technique, behaviour, CVEs and the weight of its confidence', () => {
    const text = 'match: { kind: login }\nbehavior: bruteforce:api\nconfidence: 0.9\ncves: [CVE-2031-0001]\n';
    expect(run(ruleOf(text), [login('root')])[0]).toEqual([
      {
        detector: 'mine',
        weight: Math.log(9),
        reason: 'Something done',
        technique: 'T1110',
        behavior: 'bruteforce:api',
        cves: ['CVE-2031-0001'],
      },
    ]);
  });

  it('is worth a rate-limit where nothing is said, a block at most', () => {
    expect(ruleOf('match: { kind: login }\n').weight).toBeGreaterThanOrEqual(suspiciousScore);
    expect(ruleOf('match: { kind: login }\n').behavior).toBe('rule:mine');
    const most = ruleOf('match: { kind: login }\nconfidence: 0.9999\n').weight;
    expect([most >= maliciousScore, most < Math.log(10_000)]).toEqual([true, true]);
    expect(problemOf('match: { kind: login }\nconfidence: 1\n')).toBe(
      '6: confidence must be <= 0.9999, and is 1',
    );
    // Nor can a rule speak for anyone.
    expect(problemOf('match: { kind: login }\nconfidence: 0.1\n')).toMatch(/^6: confidence must be >= 0.55/);
  });
});

describe('a fault of a rule is told with its line and key:', () => {
  it.each([
    ['match: { kind: web-access, stauts: 4 }', '5: match.stauts is no field; did you mean status?'],
    ['match:\n  kind: flow\n  user: root', '7: match.user is no field of a flow; it has kind, sensor'],
    ['match: { path: { startz: x } }', '5: match.path.startz is no known condition; did you mean starts?'],
    [
      'match: { protocol: 6 }',
      '5: match.protocol is a text in contact and a number in flow; say by kind which is meant',
    ],
    ['match: { path: { matches: "(?=x)" } }', '5: match.path.matches is no regular expression of RE2'],
    [
      'match: { path: { matches: "(?:[a-z]{30}){30}" } }',
      '5: match.path.matches comes to 902 steps where 500 are allowed',
    ],
    ['match: { path: { matches: "(a" } }', '5: match.path.matches is no regular expression of RE2'],
    [
      'match: { outcome: failed }',
      '5: match.outcome is "failed", which outcome never is; did you mean failure?',
    ],
    ['match: { kind: flow }\ngroup: user', '6: group is "user", which is no field of a flow'],
    ['match: { kind: flow }\ngroup: netwrok', '6: group is "netwrok"; did you mean network?'],
    ['match: { kind: flow }\ndistinct: bites', '6: distinct is "bites"; did you mean bytes?'],
    ['match: { kind: flow }\nwindow: 9d', '6: window is 9d; it is 7d at most'],
    ['match: { kind: flow }\nwindow: soon', '6: window is "soon"; write it as in 10m'],
    ['match: { source: 10.0.0.0/99 }', '5: match.source is "10.0.0.0/99"; write an address or a network'],
    [
      'match: { kind: flow }\ndistinct: port\nthreshold: 300',
      '7: threshold is 300; with distinct it is 256 at most',
    ],
    [
      'match: { kind: flow }\ngroup: network\nconfidence: 0.99',
      '7: confidence is 0.99; it is 0.9 at most where group leaves out the source',
    ],
    ['match: { path: 5 }', '5: match.path is 5, and path is text; put it in quotes'],
    ['match: { status: "4" }', '5: match.status is "4"; write a number'],
    ['match: { path: [] }', '5: match.path is an empty list'],
    ['match: { path: "" , status: }', '5: match.status is empty'],
    ['match: { path: { contains: "" } }', '5: match.path.contains is ""; write a text in quotes'],
    ['match: []', '5: match must have 1 to 16 alternatives, and has 0'],
    ['match: [{ kind: flow }, { kind: flwo }]', '5: match.1.kind is "flwo"; did you mean flow?'],
    ['match: { user: root, bytes: 5 }', '5: match.bytes is no field that these observations have'],
    ['match: { kind: flow }\nbehaviour: x', '6: behaviour is no known key; did you mean behavior?'],
    ['match: { kind: flow }\ntests:\n  - expect: []', '7: tests.0 must have input or file, one of them'],
    ['match: { kind: flow }\ntests:\n  - expect: [ten]\n    input: x', '7: tests.0.expect.0 is "ten"; write'],
    ['match: { kind: flow }\n  x: 1', '6: the indentation does not fit the lines above'],
    ['match: { kind: flow }\nmatch: { kind: flow }', '6: the key stands here for the second time'],
  ])('%s', (text, problem) => {
    expect(problemOf(`${text}\n`).slice(0, problem.length)).toBe(problem);
  });

  it('and no text at all makes the reader throw', () => {
    const pieces = constantFrom(
      ...'match group kind flow login { } [ ] : , \n - " \' not starts matches ( * 10m 0.9 * & ! source'.split(
        ' ',
      ),
    );
    assert(
      property(array(oneof(pieces, string({ maxLength: 8 })), { maxLength: 30 }), (words) => {
        const read = readRule(`${head}match: ${words.join(' ')}`);
        expect(isRule(read) || read.line >= 1).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('whatever a visitor sends', () => {
  it('a rule looks at any observation without a throw', () => {
    const rule = ruleOf(
      'match:\n  - { path: { matches: "[a-z]+/(x|y)*" } }\n  - { user: { contains: a } }\n  - { source: { not: 10.0.0.0/8 } }\ngroup: [source, port]\ndistinct: sensor\nthreshold: 2\n',
    );
    const runner = new DetectorRunner([], 1_000);
    runner.useRules(allotted([rule]));
    const fact = oneof(
      record({ path: string(), method: string(), userAgent: string() }).map(
        ({ path, method, userAgent }): Fact => ({
          kind: 'web-access',
          status: 404,
          referrer: '',
          path,
          method,
          userAgent,
        }),
      ),
      string().map((user): Fact => ({ kind: 'login', service: 's', user, outcome: 'failure', method: '' })),
      constant<Fact>({ kind: 'scan', probe: 'syn' }),
    );
    assert(
      property(fact, string(), nat(), (made, sensor, at) => {
        const evidence = runner.run(seen(boundedFact(made), { sensor, at }));
        expect(evidence.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });

  it('a count is that of the window, give or take a thirty-second of it', () => {
    const steps = array(nat({ max: 400 }), { minLength: 1, maxLength: 60 });
    assert(
      property(steps, (gaps) => {
        const window = 3_200;
        const count = new SlidingCount(window);
        const times: number[] = [];
        let at = 0;
        for (const gap of gaps) {
          at += gap;
          times.push(at);
          const found = count.add(at);
          const within = (width: number): number => times.filter((time) => at - time <= width).length;
          expect(found).toBeLessThanOrEqual(within(window));
          expect(found).toBeGreaterThanOrEqual(within(window - window / 32));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a set of values keeps no more than the threshold', () => {
    const set = new SlidingSet(1_000, 4);
    const sizes = Array.from({ length: 100 }, (_, value) => set.add(value, value));
    expect(Math.max(...sizes)).toBe(4);
  });

  it('the states of all rules together are bounded by what rules may take', () => {
    const rule = ruleOf('match: { kind: login }\nthreshold: 256\ndistinct: user\n');
    const rules = Array.from({ length: 256 }, () => ({ ...rule }));
    const entries = allotted(rules).map((each) => each.states * 256);
    expect(entries.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(4_194_304);
    expect(Math.min(...entries)).toBeGreaterThan(0);
    expect(allotted([rule])[0]?.states).toBeLessThanOrEqual(65_536);
  });
});

describe('rules that change while the engine runs', () => {
  it('keep what they have counted where they stay the same', () => {
    const kept = ruleOf('match: { kind: login }\nthreshold: 2\n');
    const other: Rule = { ...ruleOf('match: { kind: login }\n'), name: 'other' };
    const runner = new DetectorRunner([]);
    runner.useRules(allotted([kept]));
    expect(runner.run(login('a'))).toEqual([]);
    runner.useRules(allotted([other, kept]));
    expect(runner.run(login('a')).map(({ detector }) => detector)).toEqual(['other', 'mine']);
    runner.useRules([]);
    expect(runner.run(login('a'))).toEqual([]);
  });
});

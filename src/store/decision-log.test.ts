import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../core/decision.ts';
import { PicketError } from '../core/errors.ts';
import { IdSource } from '../core/id.ts';
import { DecisionLog } from './decision-log.ts';

const ids = new IdSource();
const minute = 60_000;

function decision(target: string, from: number, changes: Partial<Decision> = {}): Decision {
  return {
    id: ids.next(from),
    target,
    action: 'block',
    from,
    until: from + 15 * minute,
    renewals: 0,
    by: 'picket',
    reason: 'guessed passwords',
    verdict: null,
    evidence: [],
    guards: [{ guard: 'allowlist', outcome: 'pass', reason: 'not on the allowlist' }],
    simulated: false,
    otherwise: 'two guesses fewer',
    ...changes,
  };
}

describe('the decision log', () => {
  let folder: string;
  let path: string;
  let log: DecisionLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'picket-decisions-'));
    path = join(folder, 'decisions.db');
    log = new DecisionLog(path);
  });
  afterEach(() => {
    try {
      log.close();
    } catch {
      // Closed by the test.
    }
    rmSync(folder, { recursive: true });
  });

  it('gives back what was appended, whole, after it was closed and opened again', () => {
    const first = decision('203.0.113.1', 1000);
    const second = decision('2001:db8::/64', 2000, { action: 'rate-limit' });
    log.append([first, second]);
    log.close();
    log = new DecisionLog(path);
    expect(log.standing(3000)).toEqual([first, second]);
    expect(log.find(first.id)).toEqual({ ...first, sequence: 1, lifted: null });
    expect(log.find('2001:db8::/64')).toMatchObject({ id: second.id, sequence: 2 });
    expect(log.find('198.51.100.1')).toBeNull();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('lets a renewal be a further entry of the same decision, and lists the decision once', () => {
    const first = decision('203.0.113.1', 1000);
    const renewed = { ...first, until: first.until + 30 * minute, renewals: 1 };
    log.append([first]);
    log.append([decision('203.0.113.2', 1500), renewed]);
    expect(log.after(0, 10).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(log.list({ limit: 10 }).map(({ sequence, renewals }) => [sequence, renewals])).toEqual([
      [3, 1],
      [2, 0],
    ]);
    expect(log.standing(first.until + 500).map(({ target }) => target)).toEqual(['203.0.113.1']);
  });

  it('holds as standing only what took effect, has not run out and was not lifted', () => {
    const standing = decision('203.0.113.1', 1000);
    log.append([
      standing,
      decision('203.0.113.2', 1000, { simulated: true }),
      decision('203.0.113.3', 1000, { action: 'observe' }),
      decision('203.0.113.4', 1000, { until: 5000 }),
      decision('203.0.113.5', 1000),
      // A later one that is only simulated does not take the first out of force.
      decision('203.0.113.1', 2000, { simulated: true }),
    ]);
    log.lift('203.0.113.5', 3000, 'anna', 'a partner');
    expect(log.standing(5000)).toEqual([standing]);
    expect(log.standingOf('203.0.113.1', 5000)).toEqual(standing);
    expect(log.standingOf('203.0.113.4', 4999)?.target).toBe('203.0.113.4');
    expect(log.standingOf('203.0.113.4', 5000)).toBeNull();
    expect(log.standingOf('203.0.113.5', 5000)).toBeNull();
    expect(log.list({ standing: 5000, limit: 10 }).map(({ target }) => target)).toEqual(['203.0.113.1']);
  });

  it('records a lift in its order, with who and why, and lets the target be decided on again', () => {
    const first = decision('203.0.113.1', 1000);
    const again = decision('203.0.113.1', 4000);
    log.append([first]);
    log.lift('203.0.113.1', 3000, 'anna', 'a partner');
    log.lift('203.0.113.1', 3001, 'anna', 'pressed twice');
    log.lift('198.51.100.1', 3002, 'anna', 'never stood');
    log.append([again]);
    expect(log.after(0, 10)).toEqual([
      { sequence: 1, kind: 'decision', decision: first },
      {
        sequence: 2,
        kind: 'lift',
        lift: { target: '203.0.113.1', id: first.id, at: 3000, by: 'anna', reason: 'a partner' },
      },
      { sequence: 3, kind: 'decision', decision: again },
    ]);
    expect(log.find(first.id)?.lifted).toEqual({ at: 3000, by: 'anna', reason: 'a partner' });
    expect(log.find(again.id)?.lifted).toBeNull();
    expect(log.standing(5000)).toEqual([again]);
    expect(log.audit({ limit: 10 })).toEqual([
      { sequence: 1, at: 3000, by: 'anna', what: 'lift', subject: '203.0.113.1', detail: 'a partner' },
    ]);
  });

  it('lists by target and action, newest first, page by page', () => {
    log.append(
      Array.from({ length: 25 }, (_, index) =>
        decision(`203.0.113.${index}`, 1000 + index, { action: index % 2 === 0 ? 'block' : 'rate-limit' }),
      ),
    );
    const seen: number[] = [];
    let before: number | undefined;
    for (;;) {
      const page = log.list({ limit: 10, ...(before === undefined ? {} : { before }) });
      if (page.length === 0) break;
      seen.push(...page.map(({ sequence }) => sequence));
      before = page.at(-1)?.sequence;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
    expect(log.list({ action: 'rate-limit', limit: 100 })).toHaveLength(12);
    expect(log.list({ target: '203.0.113.7', limit: 100 }).map(({ action }) => action)).toEqual([
      'rate-limit',
    ]);
  });

  it('writes all of a batch or none of it', () => {
    const good = decision('203.0.113.1', 1000);
    // A lone NaN cannot be stored as an integer.
    const broken = decision('203.0.113.2', Number.NaN, { id: ids.next(1) });
    expect(() => log.append([good, broken])).toThrow();
    expect(log.after(0, 10)).toEqual([]);
    log.append([good]);
    expect(log.after(0, 10).map(({ sequence }) => sequence)).toEqual([1]);
  });

  it('forgets old entries but never one that stands, and never gives a number twice', () => {
    log.append([decision('203.0.113.1', 1000, { until: 9000 }), decision('203.0.113.2', 1000)]);
    expect(log.prune(10_000)).toBe(1);
    expect(log.after(0, 10).map(({ sequence }) => sequence)).toEqual([2]);
    expect(log.prune(Number.MAX_SAFE_INTEGER)).toBe(1);
    log.append([decision('203.0.113.3', 1000)]);
    expect(log.after(0, 10).map(({ sequence }) => sequence)).toEqual([3]);
  });

  it('sweeps ended ones out of the standing set as new ones come, and they stay in the log', () => {
    log.append(Array.from({ length: 50 }, (_, index) => decision(`203.0.113.${index}`, 1000 + index)));
    const later = decision('198.51.100.1', 10 * 60 * minute);
    log.append([later]);
    expect(log.standing(0)).toEqual([later]);
    expect(log.list({ limit: 100 })).toHaveLength(51);
  });

  it('keeps the allowlist and who changed it', () => {
    log.allow({ network: '198.51.100.0/24', note: 'office', by: 'anna', until: null, at: 1 });
    log.allow({ network: '198.51.100.0/24', note: 'office, until moved', by: 'ben', until: 99, at: 2 });
    log.allow({ network: '2001:db8::/32', note: '', by: 'ben', until: null, at: 3 });
    expect(log.disallow('2001:db8::/32', 'anna', 4)).toBe(true);
    expect(log.disallow('2001:db8::/32', 'anna', 5)).toBe(false);
    log.close();
    log = new DecisionLog(path);
    expect(log.allowEntries()).toEqual([
      { network: '198.51.100.0/24', note: 'office, until moved', by: 'ben', until: 99, at: 2 },
    ]);
    expect(log.audit({ limit: 10 }).map(({ by, what, subject }) => [by, what, subject])).toEqual([
      ['anna', 'disallow', '2001:db8::/32'],
      ['ben', 'allow', '2001:db8::/32'],
      ['ben', 'allow', '198.51.100.0/24'],
      ['anna', 'allow', '198.51.100.0/24'],
    ]);
    expect(log.audit({ before: 2, limit: 10 })).toHaveLength(1);
  });

  it('keeps keys by name until they are revoked', () => {
    const key = { name: 'admin', hash: 'ab'.repeat(32), scopes: ['admin'], at: 1 };
    expect(log.addKey(key)).toBe(true);
    expect(log.addKey({ ...key, hash: 'cd'.repeat(32) })).toBe(false);
    expect(log.keys()).toEqual([key]);
    expect(log.revokeKey('admin')).toBe(true);
    expect(log.revokeKey('admin')).toBe(false);
    expect(log.keys()).toEqual([]);
  });

  it('takes hostile text as text', () => {
    const reason = `'); DROP TABLE entries; -- \u0000 \ud83d\ude00 \n"`;
    log.append([decision('203.0.113.1', 1000, { reason })]);
    log.lift(`' OR 1=1 --`, 1, 'x', 'y');
    expect(log.find('203.0.113.1')?.reason).toBe(reason);
    expect(log.list({ target: `' OR 1=1 --`, limit: 10 })).toEqual([]);
  });

  it('says what to do where the file is none of its own, or a newer one', () => {
    writeFileSync(join(folder, 'other.db'), 'this is not a database, and it is long enough to be looked at');
    expect(() => new DecisionLog(join(folder, 'other.db'))).toThrow(
      expect.objectContaining({
        code: 'PICKET_STATE_UNWRITABLE',
        message: expect.stringContaining('other.db'),
      }),
    );
    expect(() => new DecisionLog(join(folder, 'no/such/folder.db'))).toThrow(PicketError);
    const newer = new DatabaseSync(join(folder, 'newer.db'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(() => new DecisionLog(join(folder, 'newer.db'))).toThrow(/update Picket/);
  });

  it('loses nothing that was appended, and no half of a batch, when its process is killed', async () => {
    const batch = 7;
    const script = join(folder, 'writer.mjs');
    writeFileSync(
      script,
      `import { DecisionLog } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'decision-log.ts')).href)};
       import { writeSync } from 'node:fs';
       const log = new DecisionLog(${JSON.stringify(path)});
       for (let round = 0; ; round += 1) {
         log.append(Array.from({ length: ${batch} }, (_, index) => ({
           id: round + '-' + index, target: '203.0.113.' + index, action: 'block', from: round, until: round + 1e6, renewals: 0,
           by: 'picket', reason: 'x'.repeat(2000), verdict: null, evidence: [], guards: [], simulated: false, otherwise: '' })));
         writeSync(1, round + '\\n');
       }`,
    );
    for (let kill = 0; kill < 3; kill += 1) {
      const entriesBefore = log.after(0, 1_000_000).length;
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      let acknowledged = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (text: string) => {
        acknowledged += text;
        if (acknowledged.split('\n').length > 20 + kill * 13) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const rounds = acknowledged.split('\n').length - 1;
      expect(rounds).toBeGreaterThan(0);
      log.close();
      log = new DecisionLog(path);
      const entries = log.after(0, 1_000_000);
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
      expect((entries.length - entriesBefore) % batch).toBe(0);
      expect(entries.length - entriesBefore).toBeGreaterThanOrEqual(rounds * batch);
      expect(log.standing(0)).toHaveLength(batch);
    }
  });
});

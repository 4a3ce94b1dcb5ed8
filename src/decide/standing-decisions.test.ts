import { describe, expect, it } from 'vitest';
import { court, network, source } from '../../test/support/court.ts';
import { maliciousScore } from './sequential-test.ts';

const minute = 60_000;

describe('a decision that stands', () => {
  it('is renewed to twice its first length by a counted drop, up to the cap', () => {
    const { judge, weigh } = court({ policy: { longestLeaseSeconds: 1500 } });
    weigh(maliciousScore + 1, 0);
    expect(judge.renew(source, 9_000)).toBeNull();
    expect(judge.renew(source, minute)?.until).toBe(minute + 1500_000);
    expect(judge.renew(source, minute + 5000)).toBeNull();
    expect(judge.renew(source, 10 * minute)?.until).toBe(10 * minute + 1500_000);
    expect(judge.renew('192.0.2.1', minute)).toBeNull();
    expect(judge.renew(source, 10 * minute + 1500_001)).toBeNull();
  });

  it('is renewed to the same length after a restart', () => {
    const { judge, weigh } = court();
    weigh(maliciousScore + 1, 0);
    const renewed = judge.renew(source, minute);
    const after = court().judge;
    if (renewed !== null) after.restore(renewed);
    expect(after.renew(source, 20 * minute)?.until).toBe(20 * minute + 1800_000);
  });

  it('is taken out of force where a later allowlist entry covers it', () => {
    const { judge, weigh, allowlist } = court();
    weigh(100, 0);
    allowlist.add({ network: network('45.33.32.0/24'), note: '', by: 'test', until: null });
    expect(judge.recheck(1)).toEqual([source]);
    expect(judge.renew(source, 2)).toBeNull();
  });
});

describe('a decision by a person', () => {
  it('stands where Picket would be milder or shorter, and ends when its target is allowed', () => {
    const { judge, weigh, allowlist } = court({ benign: ['45.33.32.0/24'] });
    expect(judge.byPerson(network(source), 'block', 86_400, 0, 'me', 'a try').simulated).toBe(false);
    expect(weigh(100, 1)).toBeNull();
    expect(judge.renew(source, 86_399_000)).toBeNull();
    expect(judge.recheck(2)).toEqual([]);
    allowlist.add({ network: network(`${source}/32`), note: '', by: 'test', until: null });
    expect(judge.recheck(3)).toEqual([source]);
  });

  it('is held to the guards too where harm would be certain', () => {
    const { judge } = court({ own: ['45.33.32.0/24'] });
    const own = judge.byPerson(network('45.33.0.0/16'), 'block', 60, 0, 'me', 'a try');
    expect(own).toMatchObject({ action: 'observe', simulated: true });
    expect(judge.byPerson(network('45.34.0.0/16'), 'block', 60, 0, 'me', 'a try')).toMatchObject({
      action: 'block',
      target: '45.34.0.0/16',
      simulated: false,
      until: 60_000,
    });
  });
});

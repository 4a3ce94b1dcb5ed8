import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Appointments } from './appointments.ts';

describe('appointments', () => {
  it('come in order of time, one for each source, the last one that was made', () => {
    const source = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const step = fc.record({ source, at: fc.nat(50), cancel: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.nat(60), (steps, until) => {
        const appointments = new Appointments();
        const expected = new Map<string, number>();
        for (const { source: who, at, cancel } of steps) {
          if (cancel) {
            appointments.cancel(who);
            expected.delete(who);
          } else {
            appointments.set(who, at);
            expected.set(who, at);
          }
        }
        expect(appointments.size).toBe(expected.size);
        const due = [...expected.values()].filter((at) => at <= until).sort((left, right) => left - right);
        expect(appointments.next()).toBe(
          Math.min(...expected.values(), 1000) === 1000 ? null : Math.min(...expected.values()),
        );
        for (const at of due) {
          const taken = appointments.take(until);
          expect(taken?.at).toBe(at);
          expect(expected.get(taken?.source ?? '')).toBe(at);
          expected.delete(taken?.source ?? '');
        }
        expect(appointments.take(until)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('of a network’s addresses end together', () => {
    const appointments = new Appointments();
    for (const source of ['192.0.2.1', '192.0.2.255', '192.0.3.0', '2001:db8::1'])
      appointments.set(source, source.length);
    appointments.cancelWithin('192.0.2.0/24');
    expect([appointments.take(99)?.source, appointments.take(99)?.source, appointments.take(99)]).toEqual([
      '192.0.3.0',
      '2001:db8::1',
      null,
    ]);
    appointments.cancelWithin('no network');
    expect(appointments.size).toBe(0);
  });

  it('that are put off again and again take no more room', () => {
    const appointments = new Appointments();
    for (let at = 0; at < 10_000; at += 1) appointments.set(`s${at % 10}`, 1_000_000 - at);
    expect(appointments.size).toBe(10);
    expect(appointments.take(2_000_000)?.at).toBe(990_001);
  });
});

import { describe, expect, it } from 'vitest';
import { ContactForecast } from './contact-forecast.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;
const day = 24 * hour;

describe('the next contact', () => {
  it('of a source that nobody knows is not expected', () => {
    expect(new ContactForecast(10).expected('a', 1, start)).toBeNull();
  });

  it('is expected around the time of a steady rhythm, and not before', () => {
    const forecast = new ContactForecast(10);
    let at = start;
    for (let round = 0; round < 40; round += 1, at += 2 * hour) forecast.contact('a', 'ssh', at);
    const last = at - 2 * hour;
    const soon = forecast.expected('a', 2, last + 10_000);
    expect(soon?.recalledSeconds).toBe(7200);
    expect(soon?.from).toBeGreaterThan(last + 1.5 * hour);
    expect(soon?.from).toBeLessThanOrEqual(last + 2 * hour);
    expect(soon?.until).toBeGreaterThan(last + 2 * hour);
    expect(soon?.until).toBeLessThan(last + 2.5 * hour);
  });

  it('of two pauses in turn is expected after the one whose turn it is', () => {
    const forecast = new ContactForecast(10);
    let at = start;
    for (let round = 0; round < 40; round += 1) {
      forecast.contact('a', 'ssh', at);
      at += round % 2 === 0 ? hour : 3 * hour;
    }
    // The pause that follows is one of three hours.
    const last = at - 3 * hour;
    const expected = forecast.expected('a', 2, last + 60_000);
    expect(expected?.from).toBeGreaterThan(last + 2 * hour);
    expect(expected?.until).toBeGreaterThan(last + 3 * hour);
  });

  it('begins where it is asked from, and ends after that', () => {
    const forecast = new ContactForecast(10);
    for (let round = 0; round < 40; round += 1) forecast.contact('a', 'ssh', start + round * 60_000);
    const last = start + 39 * 60_000;
    const expected = forecast.expected('a', 2, last + 59_500);
    expect(expected?.from).toBe(last + 59_500);
    expect(expected?.until).toBeGreaterThan(last + 60_000);
  });

  it('is worth less the more who never came back, while they stay away', () => {
    const isWorthIt = (absent: number): boolean => {
      const forecast = new ContactForecast(10_000);
      for (let index = 0; index < 60; index += 1) {
        const at = start + index * 60_000;
        forecast.contact(`back ${index}`, 'ssh', at);
        forecast.contact(`back ${index}`, 'ssh', at + 30_000);
      }
      for (let index = 0; index < absent; index += 1)
        forecast.contact(`away ${index}`, 'ssh', start + index * 100);
      const now = start + 2 * day;
      forecast.contact('new', 'ssh', now);
      const expected = forecast.expected('new', 20, now + 29_000);
      return expected !== null && expected.from === now + 29_000;
    };
    expect(isWorthIt(0)).toBe(true);
    expect(isWorthIt(30)).toBe(true);
    expect(isWorthIt(3000)).toBe(false);
  });

  it('costs more the higher the price, and never ends later for it', () => {
    const forecast = new ContactForecast(100);
    for (let index = 0; index < 50; index += 1) {
      forecast.contact(`s${index}`, 'ssh', start + index * 1000);
      forecast.contact(`s${index}`, 'ssh', start + index * 1000 + 20_000 + index * 4000);
    }
    forecast.contact('new', 'ssh', start + day);
    let before = Number.POSITIVE_INFINITY;
    for (const price of [0.1, 1, 10, 100]) {
      const until = forecast.expected('new', price, start + day)?.until ?? start + day;
      expect(until).toBeLessThanOrEqual(before);
      before = until;
    }
    expect(before).toBeLessThan(start + day + 30_000);
  });

  it('counts several pieces of evidence of one observation once', () => {
    const once = new ContactForecast(10);
    const twice = new ContactForecast(10);
    for (let round = 0; round < 10; round += 1) {
      once.contact('a', 'ssh', start + round * 60_000, `o${round}`);
      for (let piece = 0; piece < 3; piece += 1)
        twice.contact('a', 'ssh', start + round * 60_000, `o${round}`);
    }
    const at = start + 9 * 60_000;
    expect(twice.expected('a', 1, at)).toEqual(once.expected('a', 1, at));
  });

  it('takes a late contact as one of the last one’s time', () => {
    const forecast = new ContactForecast(10);
    forecast.contact('a', 'ssh', start);
    forecast.contact('a', 'ssh', start - day);
    for (let round = 1; round < 9; round += 1) forecast.contact('a', 'ssh', start - day * round);
    expect(forecast.expected('a', 1, start)?.from).toBe(start);
  });

  it('keeps no appointment of whom it has forgotten', () => {
    const forecast = new ContactForecast(10);
    for (let index = 0; index < 100; index += 1) {
      forecast.contact(`s${index}`, 'ssh', start + index);
      forecast.appointments.set(`s${index}`, start + day);
    }
    expect(forecast.size).toBeLessThanOrEqual(10);
    expect(forecast.appointments.size).toBeLessThanOrEqual(10);
  });
});

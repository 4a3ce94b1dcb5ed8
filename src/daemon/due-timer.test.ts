import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DueTimer } from './due-timer.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function timerOver(due: number[]): { readonly timer: DueTimer; readonly ran: number[] } {
  const ran: number[] = [];
  const timer = new DueTimer({
    now: () => Date.now(),
    next: () => due[0] ?? null,
    run: () => {
      while ((due[0] ?? Number.POSITIVE_INFINITY) <= Date.now()) {
        due.shift();
        ran.push(Date.now());
      }
    },
  });
  return { timer, ran };
}

it('runs at each time that is due, also after a wait that is longer than one timer', () => {
  const { timer, ran } = timerOver([1_000_500, 1_002_000, 1_000_000 + 30 * 86_400_000]);
  timer.arm();
  vi.advanceTimersByTime(31 * 86_400_000);
  expect(ran).toEqual([1_000_500, 1_002_000, 1_000_000 + 30 * 86_400_000]);
  expect(vi.getTimerCount()).toBe(0);
});

it('runs earlier where something came in that is due earlier, and at once where it is late', () => {
  const due = [1_060_000];
  const { timer, ran } = timerOver(due);
  timer.arm();
  due.unshift(1_001_000);
  timer.arm();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(ran).toEqual([1_001_000]);
  due.unshift(900_000);
  timer.arm();
  vi.advanceTimersByTime(0);
  expect(ran).toEqual([1_001_000, 1_001_000]);
});

it('runs no more once it is stopped', () => {
  const { timer, ran } = timerOver([1_000_500]);
  timer.arm();
  timer.stop();
  vi.advanceTimersByTime(10_000);
  expect(ran).toEqual([]);
});

import { expect, it } from 'vitest';
import { Remembered } from './remembered.ts';

it('makes what belongs to a text once', () => {
  let made = 0;
  const lengths = new Remembered((text) => {
    made += 1;
    return text.length;
  });
  expect([lengths.of('ab'), lengths.of('abc'), lengths.of('ab')]).toEqual([2, 3, 2]);
  expect(made).toBe(2);
});

it('remembers that there was nothing', () => {
  let made = 0;
  const nothing = new Remembered((): null => {
    made += 1;
    return null;
  });
  expect([nothing.of('a'), nothing.of('a')]).toEqual([null, null]);
  expect(made).toBe(1);
});

it('holds no more texts than it may, and no long ones', () => {
  let made = 0;
  const texts = new Remembered((text) => {
    made += 1;
    return text;
  }, 2);
  for (const text of ['a', 'b', 'c', 'a', 'a']) expect(texts.of(text)).toBe(text);
  expect(made).toBe(4);
  const long = 'x'.repeat(513);
  texts.of(long);
  texts.of(long);
  expect(made).toBe(6);
});

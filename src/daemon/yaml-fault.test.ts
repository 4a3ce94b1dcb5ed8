import { expect, it } from 'vitest';
import { parseConfiguration } from './configuration.ts';

it.each([
  ['mode: observe\napi: [1\n', 'f:3: a [ or { that was opened above is not closed; close it'],
  ['state: "x\nmode: observe\n', 'f:3: a quote that was opened above is not closed; close it'],
  ['api:\n  port: 1\n listen: ::1\n', 'f:3: the indentation does not fit the lines above'],
  ['api:\n\tport: 1\n', 'f:2: a tab is used for indentation; use spaces'],
  ['mode observe\napi: {}\n', 'f:1: this line is no "name: value"; put a colon and a space after the name'],
  ['mode:observe\napi: {}\n', 'f:1: this line is no "name: value"; put a colon and a space after the name'],
  ['state: a: b\n', 'f:1: a key has a value and keys of its own at once'],
  ['mode: observe\nmode: enforce\n', 'f:2: the key stands here for the second time; leave one of them out'],
  ['state: @x\n', 'f:1: a value begins with a character that means something in YAML; put it in quotes'],
  ['api: [1]]\n', 'f:1: a ] or } closes what was not opened; take it away'],
  ['guards: { own: [10.0.0.0/8,,10.1.0.0/16] }\n', 'f:1: a comma or value is missing'],
  ['state: "b" c\n', 'f:1: text follows where the value has ended'],
  [
    'state: *x\n',
    'f:1: its aliases (*name) lead nowhere or make too much of it; write the values themselves',
  ],
  ['mode: observe\n---\nmode: observe\n', 'f:2: a second document begins here (---); keep one'],
])('a fault of YAML is told plainly, with its line: %j', (text, message) => {
  expect(() => parseConfiguration(text, 'f')).toThrow(message);
});

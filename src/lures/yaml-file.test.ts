import { describe, expect, it } from 'vitest';
import { readYaml } from './yaml-file.ts';

describe('a file of YAML', () => {
  it('that is faulty all over is refused as soon as one that is faulty once', () => {
    // As many errors as words: 150 KB took half a minute when each was made pretty.
    expect(readYaml(`a: 1\nb: ${'&a '.repeat(50_000)}`)).toMatchObject({ line: 2 });
  });

  it('tells the line of its first fault', () => {
    expect(readYaml('a: 1\nb: 2\nc: [1')).toMatchObject({ line: 3 });
    expect(readYaml('a: 1\n\tb: 2\n')).toMatchObject({ line: 2 });
  });
});

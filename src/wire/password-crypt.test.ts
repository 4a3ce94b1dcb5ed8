import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../test/support/need.ts';
import { passwordCrypt } from './password-crypt.ts';

describe('a crypted password', () => {
  it('is as crypt(3) of the C library has it', () => {
    expect(passwordCrypt('Hello world!', 'saltstring', '5')).toBe(
      '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
    );
    expect(passwordCrypt('Hello world!', 'saltstring', '6')).toBe(
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    );
  });

  const passwords: readonly (readonly [password: string, salt: string])[] = [
    ['secret', 'abcdefgh'],
    ['x', 'x'],
    ['a password longer than any block of the digest, and then a good deal longer than that', 'saltsalt'],
    ['0123456789abcdef', '12345678'],
  ];
  for (const [password, salt] of passwords)
    needTools(['openssl'])(`of ${password} with salt ${salt} is as openssl has it`, () => {
      for (const magic of ['1', 'apr1', '5', '6'] as const) {
        const { stdout } = spawnSync('openssl', ['passwd', `-${magic}`, '-salt', salt, '-stdin'], {
          input: `${password}\n`,
        });
        expect(passwordCrypt(password, salt, magic)).toBe(stdout.toString().trim());
      }
    });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { needTools } from '../support/need.ts';
import { shellSession } from '../support/run-shell.ts';
import { generatedScript } from './generate.ts';
import { bashScripts, plainScripts } from './scripts.ts';

const generated = Array.from({ length: 300 }, (_, index) => generatedScript(seededRandom(`script ${index}`)));

interface Answer {
  readonly output: string;
  readonly status: number;
}

/** Asks a real shell, jailed: no network, only its own folder to write to, five seconds for each script. */
function ask(shell: readonly string[], scripts: readonly string[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'picket-oracle-'));
  try {
    for (const [index, script] of scripts.entries()) {
      mkdirSync(join(folder, String(index), 'w'), { recursive: true });
      writeFileSync(join(folder, String(index), 'script'), script);
    }
    const driver = `i=0; while [ $i -lt ${scripts.length} ]; do cd /job/$i/w; timeout 5 ${shell.join(' ')} -c "$(cat ../script)" > ../out 2>/dev/null < /dev/null; echo $? > ../status; i=$((i+1)); done`;
    execFileSync(
      'bwrap',
      [
        '--ro-bind',
        '/',
        '/',
        '--dev',
        '/dev',
        '--proc',
        '/proc',
        '--tmpfs',
        '/tmp',
        '--dir',
        '/tmp/home',
        '--bind',
        folder,
        '/job',
        '--unshare-all',
        '--die-with-parent',
        '--setenv',
        'LC_ALL',
        'C',
        '--setenv',
        'HOME',
        '/tmp/home',
        '/bin/dash',
        '-c',
        driver,
      ].map((word) => (word === '/job' ? '/mnt' : word.replaceAll('/job/', '/mnt/'))),
      { stdio: 'ignore', timeout: 120_000 },
    );
    return scripts.map((_, index) => ({
      output: readFileSync(join(folder, String(index), 'out'), 'latin1'),
      status: Number(readFileSync(join(folder, String(index), 'status'), 'utf8')),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function own(system: 'linux-gnu' | 'linux-busybox', script: string): Answer {
  const session = shellSession(system, false);
  const events = [...session.run(`mkdir /tmp/w; cd /tmp/w\n${script}`), ...session.end()];
  expect(session.fault).toBeNull();
  return {
    output: Buffer.concat(
      events.flatMap((event) => (event.say === 'output' && event.stream === 'stdout' ? [event.bytes] : [])),
    ).toString('latin1'),
    status: events.findLast((event) => event.say === 'exit')?.status ?? -1,
  };
}

/** Share of scripts on which output and status are the same, and the first that differ. */
function compare(
  system: 'linux-gnu' | 'linux-busybox',
  shell: readonly string[],
  scripts: readonly string[],
): { share: number; different: string[] } {
  const answers = ask(shell, scripts);
  const different = scripts.flatMap((script, index) => {
    const mine = own(system, script);
    const real = answers[index];
    return real !== undefined && mine.output === real.output && mine.status === real.status
      ? []
      : [`${JSON.stringify(script)}: ${JSON.stringify(mine)} for ${JSON.stringify(real)}`];
  });
  return { share: 1 - different.length / scripts.length, different };
}

describe('the interpreter against real shells', () => {
  const it = needTools(['bwrap', 'bash', 'dash', 'busybox']);
  // The floors are the shares reached; a change that loses a script fails.
  const floors = { bash: 1, generated: 0.996, dash: 0.998, busybox: 0.998 };
  it('agrees with bash on written scripts', () => {
    const { share, different } = compare('linux-gnu', ['bash'], [...plainScripts, ...bashScripts]);
    expect(share, different.join('\n')).toBeGreaterThanOrEqual(floors.bash);
  });
  it('agrees with bash on generated scripts', () => {
    const { share, different } = compare('linux-gnu', ['bash'], generated);
    expect(share, different.join('\n')).toBeGreaterThanOrEqual(floors.generated);
  });
  it('agrees with dash on scripts without additions', () => {
    const { share, different } = compare('linux-busybox', ['dash'], [...generated, ...plainScripts]);
    expect(share, different.join('\n')).toBeGreaterThanOrEqual(floors.dash);
  });
  it('agrees with busybox ash', () => {
    const { share, different } = compare('linux-busybox', ['busybox', 'sh'], [...plainScripts, ...generated]);
    expect(share, different.join('\n')).toBeGreaterThanOrEqual(floors.busybox);
  });
});

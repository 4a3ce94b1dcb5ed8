/**
 * The same sshd log and the same access log read and judged by whole programs, each as its user calls it and with the rules that it
 * ships: Picket beside fail2ban and CrowdSec. First recorded logs, start-up included; then live ones, from the moment at which lines
 * that are enough for each are written to the moment at which the program prints its decision. All of it in namespaces that
 * nothing leads out of.
 */

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { below, seededRandom } from '../src/core/random.ts';
import { attackerAddress, LoopNetwork } from '../test/loop/namespaces.ts';
import { LoopPicket } from '../test/loop/picket.ts';
import { quantile } from '../test/loop/time-to-block.ts';
import type { Transcript } from '../test/loop/transcript.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { attackedLogs, attackNow, near, type AttackedLogs } from './peers/attacked-logs.ts';
import { Crowdsec, crowdsecBans, crowdsecVersion } from './peers/crowdsec.ts';
import { Fail2ban, fail2banVersion } from './peers/fail2ban.ts';
import { familyMebibytes, taken, type Taken } from './peers/measured.ts';

type LogName = 'auth' | 'access';
const logNames: readonly LogName[] = ['auth', 'access'];

/** Lines for each program, by what it reads in a second: CrowdSec's scenarios for the web take some milliseconds a line. */
const lineCounts = {
  picket: { auth: 100_000, access: 100_000 },
  fail2ban: { auth: 20_000, access: 20_000 },
  crowdsec: { auth: 20_000, access: 5_000 },
} as const;
const filters = { auth: 'sshd', access: 'nginx-botsearch' } as const;
const crowdsecTypes = { auth: 'syslog', access: 'nginx' } as const;

const liveSources = 20;
/** Failures at once: Picket blocks sooner, fail2ban from 5 on, CrowdSec from 6 of sshd and 11 of the web on. */
const failures = 25;
const crowdsecPort = 8733;

const entry = join(import.meta.dirname, '../src/cli/main.ts');

interface Replayed {
  readonly linesPerSecond: number;
  readonly linesPerProcessorSecond: number;
  readonly mebibytes: number;
}

const replayed = (lines: number, { seconds, processorSeconds, mebibytes }: Taken): Replayed => ({
  linesPerSecond: lines / seconds,
  linesPerProcessorSecond: lines / processorSeconds,
  mebibytes,
});

/** Share of the attackers that were decided on, of those that the program has read of. */
function shareDecided(attackers: ReadonlySet<string>, decided: ReadonlySet<string>): number {
  return [...attackers].filter((address) => decided.has(address)).length / attackers.size;
}

/** The sources that `picket analyze --json` says are blocked. */
function blockedByPicket(printed: string): Set<string> {
  const found = new Set<string>();
  for (const line of printed.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { source, decisions }: { source?: string; decisions?: readonly { action: string }[] } =
      JSON.parse(line);
    if (source !== undefined && decisions?.some(({ action }) => action === 'block') === true)
      found.add(source);
  }
  return found;
}

class Replay {
  readonly #network: LoopNetwork;
  readonly #folder: string;

  constructor(network: LoopNetwork, folder: string) {
    this.#network = network;
    this.#folder = folder;
  }

  async run(name: LogName, report: (figure: Figure) => void): Promise<void> {
    const own = this.#write(name, lineCounts.picket[name]);
    const picket = await this.#taken(lineCounts.picket[name], [
      process.execPath,
      entry,
      'analyze',
      '--json',
      '--lab',
      '--near',
      near,
      own.file,
    ]);
    const decided = shareDecided(own.attackers, blockedByPicket(this.#said));

    const short = this.#write(name, lineCounts.fail2ban[name]);
    const fail2ban = await this.#taken(lineCounts.fail2ban[name], [
      'fail2ban-regex',
      '--print-no-missed',
      '--print-no-ignored',
      short.file,
      filters[name],
    ]);

    const shorter = this.#write(name, lineCounts.crowdsec[name]);
    const folder = mkdtempSync(join(this.#folder, 'crowdsec-'));
    const agent = new Crowdsec(folder);
    agent.prepare(crowdsecPort);
    const crowdsec = await this.#taken(
      lineCounts.crowdsec[name],
      agent.replayCommand({ log: shorter.file, type: crowdsecTypes[name] }),
    );
    const crowdsecDecided = shareDecided(shorter.attackers, crowdsecBans(this.#said));

    report({
      metric: `${name}_attackers_decided_on`,
      unit: '',
      value: decided,
      reference: `crowdsec ${crowdsecVersion()}`,
      referenceValue: crowdsecDecided,
      ok: decided === 1,
    });
    for (const [reference, other] of [
      [`fail2ban-regex ${fail2banVersion()}, ${filters[name]}`, fail2ban],
      [`crowdsec ${crowdsecVersion()}`, crowdsec],
    ] as const) {
      for (const per of ['linesPerSecond', 'linesPerProcessorSecond'] as const) {
        report({
          metric: `${name}_${per === 'linesPerSecond' ? 'lines_per_second' : 'lines_per_processor_second'}`,
          unit: 'lines/s',
          value: Math.round(picket[per]),
          reference,
          referenceValue: Math.round(other[per]),
          ratio: Number((picket[per] / other[per]).toFixed(1)),
          // By the clock it depends on what else the machine does.
          ok: per === 'linesPerSecond' || picket[per] > other[per],
        });
      }
      report({
        metric: `${name}_memory`,
        unit: 'MiB',
        value: Math.round(picket.mebibytes),
        reference: `${reference}, a part of the lines`,
        referenceValue: Math.round(other.mebibytes),
        ratio: Number((other.mebibytes / picket.mebibytes).toFixed(2)),
        ok: true,
      });
    }
  }

  async #taken(lines: number, words: readonly string[]): Promise<Replayed> {
    return replayed(lines, await taken(this.#network, join(this.#folder, 'said'), words));
  }

  get #said(): string {
    return readFileSync(join(this.#folder, 'said'), 'utf8');
  }

  #write(name: LogName, lines: number): { file: string; attackers: AttackedLogs['attackers'] } {
    const logs = attackedLogs(lines);
    const file = join(this.#folder, `${name}-${lines}.log`);
    writeFileSync(file, logs[name]);
    return { file, attackers: logs.attackers };
  }
}

/** A program that follows logs and prints what it decides. */
interface Follower {
  readonly transcript: Transcript;
  readonly rootPid: number;
  stop(): Promise<void>;
}

interface Live {
  /** Milliseconds from lines to decision, of one source each. */
  readonly delays: Readonly<Record<LogName, readonly number[]>>;
  readonly mebibytes: number;
}

/** The attackers begin at moments that no interval of a program's knows. */
async function attack(
  follower: Follower,
  files: Readonly<Record<LogName, string>>,
  decision: (address: string) => RegExp,
): Promise<Live> {
  const random = seededRandom('live');
  const delays: Record<LogName, number[]> = { auth: [], access: [] };
  for (let index = 0; index < liveSources * logNames.length; index += 1) {
    const name = logNames[index % logNames.length] ?? 'auth';
    const address = attackerAddress(index);
    await sleep(300 + below(random, 1000));
    const lines = attackNow(address, failures)[name];
    const began = performance.now();
    appendFileSync(files[name], lines);
    const at = await follower.transcript.appeared(decision(address), 30);
    if (at === null) throw new Error(`no decision on ${address}: ${follower.transcript.text.slice(-2000)}`);
    delays[name].push(at - began);
  }
  return { delays, mebibytes: familyMebibytes(follower.rootPid) };
}

const escaped = (address: string): string => address.replaceAll('.', String.raw`\.`);

async function live(network: LoopNetwork, folder: string): Promise<readonly (readonly [string, Live])[]> {
  const found: [string, Live][] = [];
  /** Each program has logs of its own, so that none begins with another's. */
  const logs = (who: string): Record<LogName, string> => {
    mkdirSync(join(folder, who), { recursive: true });
    const files = { auth: join(folder, who, 'auth.log'), access: join(folder, who, 'access.log') };
    for (const name of logNames) writeFileSync(files[name], attackedLogs(100)[name].split('\n')[1] + '\n');
    return files;
  };
  const run = async (
    name: string,
    follower: Follower,
    files: Readonly<Record<LogName, string>>,
    start: () => Promise<void>,
    decision: (address: string) => RegExp,
  ): Promise<void> => {
    try {
      await start();
      found.push([name, await attack(follower, files, decision)]);
    } finally {
      await follower.stop();
    }
  };

  const ownLogs = logs('picket');
  const picket = new LoopPicket(network, folder);
  await run(
    'picket',
    picket,
    ownLogs,
    () =>
      picket.start({
        sensor: { listeners: [{ decoy: 'http', port: 8080, persona: 'ubuntu-web' }] },
        telemetry: logNames.map((name) => ({ file: ownLogs[name], format: 'auto' })),
        guards: { lab: ['198.18.0.0/15'] },
      }),
    (address) => new RegExp(`${escaped(address)}\\s+block for`),
  );

  const fail2banLogs = logs('fail2ban');
  const fail2ban = new Fail2ban(network, join(folder, 'fail2ban'));
  await run(
    `fail2ban ${fail2banVersion()}`,
    fail2ban,
    fail2banLogs,
    () => fail2ban.start(logNames.map((name) => ({ name: filters[name], log: fail2banLogs[name] }))),
    (address) => new RegExp(` Ban ${escaped(address)}\\b`),
  );

  const crowdsecLogs = logs('crowdsec');
  const settings = join(folder, 'crowdsec', 'settings');
  mkdirSync(settings);
  const crowdsec = new Crowdsec(settings);
  crowdsec.prepare(crowdsecPort);
  await run(
    `crowdsec ${crowdsecVersion()}`,
    crowdsec,
    crowdsecLogs,
    () =>
      crowdsec.start(
        network,
        logNames.map((name) => ({ log: crowdsecLogs[name], type: crowdsecTypes[name] })),
      ),
    (address) => new RegExp(` ban on Ip ${escaped(address)}\\b`),
  );
  return found;
}

function reportLive(
  [, own]: readonly [string, Live],
  [reference, other]: readonly [string, Live],
  report: (figure: Figure) => void,
): void {
  for (const name of logNames) {
    for (const [metric, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const) {
      const value = quantile(own.delays[name], share);
      const referenceValue = quantile(other.delays[name], share);
      report({
        metric: `${name}_line_to_decision_${metric}`,
        unit: 'ms',
        value: Number(value.toFixed(1)),
        reference,
        referenceValue: Number(referenceValue.toFixed(1)),
        ratio: Number((referenceValue / value).toFixed(1)),
        ok: value < referenceValue,
      });
    }
  }
  report({
    metric: 'live_memory',
    unit: 'MiB',
    value: Math.round(own.mebibytes),
    reference,
    referenceValue: Math.round(other.mebibytes),
    ratio: Number((other.mebibytes / own.mebibytes).toFixed(2)),
    ok: true,
  });
}

export const blockers: Benchmark = {
  name: 'blockers',
  summary: 'an sshd log and an access log, recorded and live; beside fail2ban and crowdsec',
  async run(report) {
    const network = new LoopNetwork(liveSources * logNames.length);
    const folder = mkdtempSync(join(tmpdir(), 'picket-blockers-'));
    try {
      network.start();
      for (const name of logNames) await new Replay(network, folder).run(name, report);
      const [own, ...others] = await live(network, folder);
      if (own !== undefined) for (const other of others) reportLive(own, other, report);
    } finally {
      await network.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** A thread of `picket analyze`: the detectors of single sources and the judge, for the networks that fall to it. */

import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import type { GuardOutcome } from '../core/decision.ts';
import { breakerResult, isCounted, notCounted } from '../decide/guards/breaker.ts';
import { type Guard, pass } from '../decide/guards/guard.ts';
import type { AnalysisShare, FromJudge, ToJudge } from './analysis-message.ts';
import { Analysis, type VerdictLine } from './analyze.ts';
import { LureFolder } from './lure-folder.ts';
import { ParcelReader } from './observation-parcel.ts';

const port = parentPort;
if (port === null) throw new Error('analysis-worker.ts runs as a worker thread');
const say = (message: FromJudge, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

const share: AnalysisShare = workerData;
const pageLines = 512;

let index = 0;
let serial = 0;
let asked: number[] = [];
/** What the breaker came to, once all threads' blocks are counted: two numbers each. */
let counted: Float64Array = new Float64Array(0);

/** Lets every block pass and notes it down: the reading thread counts those of all threads in their order, and starts anew where one is held. */
const breaker: Guard = {
  name: 'breaker',
  check(candidate) {
    if (!isCounted(candidate)) return notCounted;
    asked.push(index, candidate.at);
    serial += 1;
    return pass(String(serial));
  },
};

if (share.lures.length > 0) {
  await new LureFolder({ folders: share.lures, log: () => {} }).look();
}
const analysis = new Analysis({
  configuration: share.configuration,
  own: share.own,
  lab: share.lab,
  rules: share.rules,
  breaker,
  damaged: () => {},
});
const reader = new ParcelReader();

function told(outcome: GuardOutcome): GuardOutcome {
  if (outcome.guard !== 'breaker' || outcome.reason === notCounted.reason) return outcome;
  const place = (Number(outcome.reason) - 1) * 2;
  const result = breakerResult({
    blocks: counted[place] ?? 0,
    limit: counted[place + 1] ?? 0,
    open: false,
  });
  return { ...outcome, outcome: result.outcome, reason: result.reason };
}

const verdicts = analysis.ranked()[Symbol.iterator]();

function page(): FromJudge {
  const scores: number[] = [];
  const sources: string[] = [];
  const lines: VerdictLine[] = [];
  while (lines.length < pageLines) {
    const next = verdicts.next();
    if (next.done === true) break;
    const line = next.value.line();
    scores.push(next.value.score);
    sources.push(next.value.source);
    lines.push({ ...line, guards: line.guards.map((outcome) => told(outcome)) });
  }
  return { kind: 'verdicts', scores, sources, lines };
}

port.on('message', (message: ToJudge) => {
  if (message.kind === 'parcel') {
    reader.read(message.parcel, (place, observation, across) => {
      index = place;
      analysis.observe(observation, across);
    });
    const { numbers } = message.parcel;
    const noted = Float64Array.from(asked);
    asked = [];
    say({ kind: 'judged', asked: noted, numbers }, [noted.buffer, numbers.buffer]);
  } else if (message.kind === 'end') {
    counted = message.blocks;
    const { user, system } = process.threadCpuUsage(atStart);
    const { decisions, held, sources, forgotten } = analysis;
    say({ kind: 'ended', decisions, held, sources, forgotten, spent: user + system });
  } else say(page());
});
const atStart = process.threadCpuUsage();
say({ kind: 'ready' });

/** How a source and what was decided on it look to a person. */

import pc from 'picocolors';
import type { Decision, GuardOutcome, Verdict } from '../core/decision.ts';
import type { GroundedEvidence } from '../core/evidence.ts';
import { printable } from './printable.ts';

export type LoggedDecision = Decision & {
  readonly lifted: { readonly at: number; readonly by: string; readonly reason: string } | null;
};

export interface SourceView {
  readonly verdict: Verdict;
  readonly evidence: readonly GroundedEvidence[];
  readonly guards: readonly GuardOutcome[];
  readonly decision: Decision | null;
  readonly otherwise: string;
}

export const time = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

export function coloured(classification: string, text: string): string {
  if (classification === 'malicious') return pc.red(text);
  return classification === 'suspicious' ? pc.yellow(text) : text;
}

/** The whole story: of a source with the last decision on it, or of a decision alone. */
export function explained(view: SourceView | null, last: LoggedDecision | null, now: number): string {
  const lines: string[] = [];
  // What stands may be so new that the log does not have it; what the log has may have ended.
  const standing = view?.decision ?? null;
  const told = standing !== null && standing.id !== last?.id ? { ...standing, lifted: null } : last;
  const isPersons = told !== null && told.by !== 'picket';
  if (view !== null) lines.push(...verdictLines(view.verdict, told, isPersons));
  lines.push(...(told === null ? ['no decision'] : decisionLines(told, standing !== null, now)));
  const evidence = view === null ? (told?.evidence ?? []) : view.evidence;
  lines.push(...evidenceLines(evidence, told?.lifted?.at ?? null, view?.verdict.score ?? null));
  const guards = view === null || view.guards.length === 0 ? (told?.guards ?? []) : view.guards;
  if (guards.length > 0) {
    lines.push('', 'guards:');
    for (const guard of guards)
      lines.push(`  ${guard.outcome.padEnd(7)} ${guard.guard}: ${printable(guard.reason)}`);
  }
  const otherwise = view?.otherwise ?? told?.otherwise ?? '';
  // What little would have led elsewhere is of no interest where a person decided, or has undone it.
  if (otherwise !== '' && !isPersons && told?.lifted == null)
    lines.push('', `otherwise: ${printable(otherwise)}`);
  return lines.join('\n');
}

function verdictLines(verdict: Verdict, told: Decision | null, isPersons: boolean): string[] {
  if (verdict.observations === 0) {
    return [
      isPersons && told !== null
        ? `${pc.bold(verdict.source)} was not seen: ${printable(told.by)} decided on it without evidence`
        : `${pc.bold(verdict.source)} was not seen since the engine started`,
    ];
  }
  const did = printable([...verdict.behaviors, ...verdict.cves].join(', ')) || 'nothing told';
  return [
    `${pc.bold(verdict.source)} is held to be ${coloured(verdict.classification, pc.bold(verdict.classification))}, score ${verdict.score.toFixed(1)} (suspicious from 4.6, malicious from 9.2)`,
    `seen ${times(verdict.observations)} from ${time(verdict.firstSeen)} to ${time(verdict.lastSeen)} UTC: ${did}`,
  ];
}

/** The guard that kept a decision from being placed. */
function refusalOf({ guards }: Decision): string {
  const guard = guards.findLast(({ outcome }) => outcome === 'refuse' || outcome === 'hold');
  return guard === undefined
    ? 'it was not placed'
    : `the guard ${guard.guard} ${guard.outcome === 'hold' ? 'held' : 'refused'} it: ${printable(guard.reason)}`;
}

function decisionLines(decision: LoggedDecision, isStanding: boolean, now: number): string[] {
  const { action, by, from, lifted, renewals, simulated, target, until } = decision;
  if (simulated) {
    return [
      `${pc.bold('no decision')} on ${target} by ${printable(by)}: ${refusalOf(decision)}`,
      ...(by === 'picket' ? [] : [`reason: ${printable(decision.reason)}`]),
    ];
  }
  const renewed = renewals === 0 ? '' : `, renewed ${times(renewals)}`;
  const end =
    lifted !== null
      ? `placed ${time(from)} UTC and lifted ${time(lifted.at)} UTC by ${printable(lifted.by)}: ${printable(lifted.reason)}`
      : until <= now && !isStanding
        ? `ran out ${time(until)} UTC`
        : `until ${time(until)} UTC`;
  return [
    `decision: ${pc.bold(action)} on ${target} by ${printable(by)}, ${end}${renewed}`,
    ...(by === 'picket' ? [] : [`reason: ${printable(decision.reason)}`]),
  ];
}

/** Evidence that a lift has set aside stands apart, so that what is left adds up to the score. */
function evidenceLines(
  evidence: readonly GroundedEvidence[],
  liftedAt: number | null,
  score: number | null,
): string[] {
  const before = evidence.filter((item) => liftedAt !== null && item.at <= liftedAt);
  const since = evidence.filter((item) => liftedAt === null || item.at > liftedAt);
  // A lift by hand sets the score to 0; that by the allowlist, or a restart since, leaves it.
  const isSetAside = before.length > 0 && score !== null && score < sum(before) / 2;
  const counted = isSetAside ? since : evidence;
  const lines: string[] = [];
  if (counted.length > 0) lines.push('', 'evidence (nats):', ...counted.map(evidenceLine));
  if (isSetAside) {
    lines.push('', 'evidence until the lift, which set the score to 0 (nats):', ...before.map(evidenceLine));
  }
  return lines;
}

const sum = (items: readonly GroundedEvidence[]): number =>
  items.reduce((total, item) => total + item.weight, 0);

function evidenceLine(item: GroundedEvidence): string {
  const weight = `${item.weight >= 0 ? '+' : ''}${item.weight.toFixed(2).padStart(5)}`;
  return `  ${weight}  ${time(item.at)}  ${item.detector}: ${printable(item.reason)} [${item.technique}]`;
}

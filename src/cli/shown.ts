/** How sources and decisions look to a person. */

import pc from 'picocolors';
import type { Decision, GuardOutcome, Verdict } from '../core/decision.ts';
import type { GroundedEvidence } from '../core/evidence.ts';
import { printable } from './printable.ts';

export type SourceRow = Verdict & { readonly decision: Decision | null };

export interface AllowRow {
  readonly network: string;
  readonly note: string;
  readonly by: string;
}

export interface SourceView {
  readonly verdict: Verdict;
  readonly evidence: readonly GroundedEvidence[];
  readonly guards: readonly GuardOutcome[];
  readonly decision: Decision | null;
  readonly otherwise: string;
}

const time = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

function coloured(classification: string, text: string): string {
  if (classification === 'malicious') return pc.red(text);
  return classification === 'suspicious' ? pc.yellow(text) : text;
}

export function sourceRow(row: SourceRow): string {
  const decision = row.decision === null ? '' : `  ${row.decision.action} until ${time(row.decision.until)}`;
  const names = printable([...row.behaviors, ...row.cves].join(' '));
  return `${row.source.padEnd(24)} ${coloured(row.classification, row.classification.padEnd(10))} ${row.score.toFixed(1).padStart(6)} ${String(row.observations).padStart(8)}  ${names}${decision}`;
}

export function decisionRow(decision: Decision): string {
  const seconds = Math.round((decision.until - decision.from) / 1000);
  const state = decision.simulated ? 'not placed' : `${decision.action} ${seconds} s`;
  return `${time(decision.from)}  ${decision.target.padEnd(24)} ${state.padEnd(20)} ${printable(decision.by).padEnd(8)} ${printable(decision.reason)}`;
}

/** The whole story of a source, or of one decision. */
export function explained(view: SourceView | Decision): string {
  const decision = 'target' in view ? view : view.decision;
  const { verdict, evidence, guards, otherwise } = view;
  const lines: string[] = [];
  if (verdict !== null) {
    lines.push(
      `${pc.bold(verdict.source)} is held to be ${coloured(verdict.classification, pc.bold(verdict.classification))}, score ${verdict.score.toFixed(1)} (suspicious from 4.6, malicious from 9.2)`,
      `seen ${verdict.observations} times from ${time(verdict.firstSeen)} to ${time(verdict.lastSeen)} UTC: ${printable([...verdict.behaviors, ...verdict.cves].join(', ')) || 'nothing told'}`,
    );
  }
  if (decision !== null) {
    const until = decision.simulated ? 'not placed' : `until ${time(decision.until)} UTC`;
    const renewed = decision.renewals === 0 ? '' : `, renewed ${decision.renewals} times`;
    lines.push(
      `decision: ${pc.bold(decision.action)} on ${decision.target} by ${printable(decision.by)}, ${until}${renewed}`,
    );
  } else lines.push('no decision');
  if (evidence.length > 0) {
    lines.push('', 'evidence (nats):');
    for (const item of evidence) {
      lines.push(
        `  ${item.weight >= 0 ? '+' : ''}${item.weight.toFixed(2).padStart(5)}  ${time(item.at)}  ${item.detector}: ${printable(item.reason)} [${item.technique}]`,
      );
    }
  }
  if (guards.length > 0) {
    lines.push('', 'guards:');
    for (const guard of guards)
      lines.push(`  ${guard.outcome.padEnd(7)} ${guard.guard}: ${printable(guard.reason)}`);
  }
  if (otherwise !== '') lines.push('', `otherwise: ${printable(otherwise)}`);
  return lines.join('\n');
}

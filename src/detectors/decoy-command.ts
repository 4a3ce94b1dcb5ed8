/** Commands given to a decoy: whoever works on a machine that belongs to nobody got in where nobody should. */

import { sourceKey } from '../core/address.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';

/**
 * Each command is about as telling as a first contact. Research scanners send one or two harmless ones (INFO, PING), so a
 * session's commands add up to at most 7 nats: with its contact they come just short of a block, and whatever else it does
 * (a login, an exploit, a download) decides.
 */
const weightOfCommand = 1;
const commandsWeighed = 7;

interface CommandState {
  weighed: number;
}

export const decoyCommand: Detector<CommandState> = {
  name: 'decoy-command',
  summary: 'Commands given to a decoy',
  technique: 'T1059',
  kinds: ['command'],
  key: (observation: Observation): string => sourceKey(observation.source),
  initial: (): CommandState => ({ weighed: 0 }),
  step(state: CommandState, observation: Observation): Step<CommandState> {
    if (observation.kind !== 'command' || state.weighed >= commandsWeighed)
      return { state, evidence: noEvidence };
    state.weighed += 1;
    return {
      state,
      evidence: [
        {
          detector: 'decoy-command',
          weight: weightOfCommand,
          reason: `command on the ${observation.service} decoy: ${observation.input.slice(0, 80)}`,
          technique: 'T1059',
          behavior: `decoy:${observation.service}`,
          cves: [],
        },
      ],
    };
  },
};

/**
 * Bytes brought to a decoy, or commands and exploits that would have fetched them.
 *
 * Weights. A decoy that is told to fetch and run something is a machine being taken over: 8 nats, with the contact that came
 * before it (ln 4) a block. Delivered bytes weigh the same where they came by a way on which nobody puts harmless things (a
 * shell's echo, a saved database, a file transfer), and 3 where it may be a form's upload. An exploit that names an address
 * has its own weight elsewhere: the address adds 2. An address or file seen before adds 0.35, as a repeated contact.
 * A state holds the hashes of 32 addresses and files.
 */

import { sourceKey } from '../core/address.ts';
import type { Behavior } from '../core/behavior.ts';
import type { Detector, Step } from '../core/detector.ts';
import { noEvidence, type Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { contactHash } from './fan-out.ts';

const weightOfFetch = 8;
const weightOfUpload = 3;
const weightOfAddressInExploit = 2;
const repeated = 0.35;
const kept = 32;
const name = 'payload-delivery';

interface DeliveryState {
  readonly seen: number[];
}

const fetches = /^(?:https?|ftps?|tftp|sftp|scp):/i;
/** An address inside text, with the ways around a plain `http://`. */
const addressIn = /(?:https?|ftp|tftp|ldaps?|rmi):\/\/[^\s"'`<>\\)}|;]{4,300}/i;

function remember(state: DeliveryState, text: string): boolean {
  const hash = contactHash(text, 0);
  if (state.seen.includes(hash)) return false;
  if (state.seen.length >= kept) state.seen.shift();
  state.seen.push(hash);
  return true;
}

function claim(weight: number, reason: string, behavior: Behavior, technique = 'T1105'): Evidence {
  return { detector: name, weight, reason, technique, behavior, cves: [] };
}

function step(state: DeliveryState, observation: Observation): Step<DeliveryState> {
  if (observation.kind === 'payload') {
    if (observation.bytes === 0) return { state, evidence: noEvidence };
    const isNew = remember(state, observation.sha256);
    const doubtful =
      /^(?:upload|http-body|multipart|put)$/.test(observation.how) && observation.url === undefined;
    const weight = doubtful ? weightOfUpload : weightOfFetch;
    const what = `${observation.bytes} bytes by ${observation.how} to the ${observation.service} decoy (sha256 ${observation.sha256.slice(0, 16)}…)`;
    return { state, evidence: [claim(isNew ? weight : repeated, `delivered ${what}`, 'malware:download')] };
  }
  if (observation.kind === 'command') {
    const urls = observation.urls ?? [];
    const [first] = urls;
    if (first === undefined) return { state, evidence: noEvidence };
    const isNew = urls
      .slice(0, 8)
      .map((url) => remember(state, url))
      .includes(true);
    const download = urls.find((url) => fetches.test(url));
    const where = (download ?? first).slice(0, 120);
    // An address without a scheme for files is one to report to, or to be led from.
    const behavior: Behavior =
      download === undefined && !first.includes('/') ? 'c2:contact' : 'malware:download';
    const technique = behavior === 'c2:contact' ? 'T1095' : 'T1105';
    const reason = `told the ${observation.service} decoy to ${behavior === 'c2:contact' ? 'connect to' : 'fetch'} ${where}`;
    return { state, evidence: [claim(isNew ? weightOfFetch : repeated, reason, behavior, technique)] };
  }
  if (observation.kind === 'exploit') {
    const address = addressIn.exec(observation.detail)?.[0];
    if (address === undefined || !remember(state, address)) return { state, evidence: noEvidence };
    return {
      state,
      evidence: [
        claim(
          weightOfAddressInExploit,
          `${observation.name} would have fetched ${address.slice(0, 120)}`,
          'malware:download',
        ),
      ],
    };
  }
  return { state, evidence: noEvidence };
}

export const payloadDelivery: Detector<DeliveryState> = {
  name,
  summary: 'Files brought to a decoy, or that it was told to fetch',
  technique: 'T1105',
  kinds: ['payload', 'command', 'exploit'],
  key: (observation: Observation): string => sourceKey(observation.source),
  initial: (): DeliveryState => ({ seen: [] }),
  step,
};

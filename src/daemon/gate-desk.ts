/** Where the questions of all proxies come together: the gate answers, then what is new of it is recorded. */

import { randomBytes } from 'node:crypto';
import { canonicalAddress } from '../core/address.ts';
import type { ObjectAccessFact } from '../core/observation.ts';
import { readBucketRequest } from '../gate/bucket-request.ts';
import type { Gate } from '../gate/gate.ts';
import type { Ask } from '../gate/question.ts';
import { s3Error, type S3Error } from '../gate/s3-error.ts';

export interface GateDeskOptions {
  readonly gate: Gate;
  /** Domains in front of which a bucket's name may stand. */
  readonly domains: readonly string[];
  readonly now: () => number;
  /** Called after the answer. */
  readonly record: (source: string, fact: ObjectAccessFact) => void;
}

const identifierBytes = 65;

/** The refusal with identifiers of its own. */
export const refusal = (status: 403 | 503, method: string): S3Error =>
  s3Error(status, method, randomBytes(identifierBytes));

export function gateDesk({ gate, domains, now, record }: GateDeskOptions): Ask {
  return (question, reply) => {
    const source = canonicalAddress(question.source);
    // A proxy that is set up wrongly: nobody is let through on a guess.
    if (source === null) {
      reply('misconfigured');
      return;
    }
    const { method, uri, host, headers, userAgent } = question;
    const target = readBucketRequest(method, uri, host, headers, domains);
    const { status, fact } = gate.answer(source, target, userAgent, now());
    reply(status === 200 ? 'pass' : refusal(status, method));
    if (fact !== null) record(source, fact);
  };
}

/** What a proxy asks the gate, in whatever protocol, and how it hears the answer. */

import type { Header } from '../core/observation.ts';
import type { S3Error } from './s3-error.ts';

export interface GateQuestion {
  /** The client's address as the proxy gives it; empty or no address where the proxy is set up wrongly. */
  readonly source: string;
  readonly method: string;
  /** The request target as it came, with its query. */
  readonly uri: string;
  readonly host: string;
  readonly userAgent: string;
  /** At least those that sign: Authorization and X-Amz-Date. */
  readonly headers: readonly Header[];
}

/** Called once, before `ask` returns. */
export type GateReply = (answer: 'pass' | 'misconfigured' | S3Error) => void;

export type Ask = (question: GateQuestion, reply: GateReply) => void;

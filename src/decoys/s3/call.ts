/** One request to the store, with what its operations need to know. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { ServiceRequest } from '../http-service/request.ts';
import type { Caller } from './access.ts';
import type { Identity } from './reply.ts';
import type { Store } from './store.ts';

export interface Call {
  readonly request: ServiceRequest;
  readonly context: DecoyContext;
  readonly identity: Identity;
  readonly store: Store;
  readonly caller: Caller;
  accessed(operation: string, object: string, status: number): DecoyOutput;
}

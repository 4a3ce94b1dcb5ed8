/** What tells of a source that it is somebody’s honest user: a session with a protected service that went well; one with a decoy never is. */

import type { Observation } from './observation.ts';

export function wentWell(observation: Observation): boolean {
  if (observation.kind === 'login') return observation.outcome === 'success';
  if (observation.kind === 'web-access') return observation.status >= 200 && observation.status < 400;
  if (observation.kind === 'object-access') return observation.status >= 200 && observation.status < 300;
  return false;
}

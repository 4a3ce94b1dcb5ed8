/**
 * The lures that this process has now. They are data that change while it runs, beside decoys and detectors that are constants: a new
 * set takes the place of the old one at once, between two requests.
 */

import { type LureSet, noLures } from './lure-set.ts';

let installed: LureSet = noLures;

export const installedLures = (): LureSet => installed;

export function installLures(set: LureSet): void {
  installed = set;
}

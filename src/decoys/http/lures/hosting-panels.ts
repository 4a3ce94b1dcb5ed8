/** Panels by which hosting customers run their sites. */

import type { Lure } from '../lure.ts';
import { json } from './answers.ts';

const cyberpanel: Lure = {
  product: 'cyberpanel',
  summary:
    'CyberPanel: the name of the status file is put into a shell command, whatever the method and without a login',
  signatures: ['cyberpanel-upgrademysqlstatus'],
  // The panel reads the file by `sudo cat`, so that what the command prints is the progress it reports.
  answer: (visit) =>
    json({
      error_message: 'None',
      requestStatus: visit.command === '' ? '' : visit.run(visit.command),
      abort: 0,
      installed: 0,
    }),
};

export const hostingPanels: readonly Lure[] = [cyberpanel];

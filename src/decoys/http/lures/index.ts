/** The lures, one file a kind of product. To add one: write it, a line in its file's list, a request in lures.test.ts. */

import type { Answer, Lure, Visit } from '../lure.ts';
import { administrators } from './administrators.ts';
import { ciscoXe } from './cisco-ios-xe.ts';
import { deviceCommands } from './device-commands.ts';
import { fileServers } from './file-servers.ts';
import { fortiweb } from './fortiweb.ts';
import { gateways } from './gateways.ts';
import { helpDesks } from './help-desks.ts';
import { homeDevices } from './home-devices.ts';
import { hostingPanels } from './hosting-panels.ts';
import { javaApplications } from './java-applications.ts';
import { javaServers } from './java-servers.ts';
import { javaUploads } from './java-uploads.ts';
import { javascriptServers } from './javascript-servers.ts';
import { leftFiles } from './left-files.ts';
import { managementConsoles } from './management-consoles.ts';
import { moveit } from './moveit.ts';
import { openSourceServers } from './open-source-servers.ts';
import { phpApplications } from './php-applications.ts';
import { projectsend } from './projectsend.ts';
import { sharepoint } from './sharepoint.ts';
import { webSoftware } from './web-software.ts';
import { windowsServices } from './windows-services.ts';

export const lures: readonly Lure[] = [
  ...homeDevices,
  ...deviceCommands,
  ...gateways,
  ...fortiweb,
  ...javaServers,
  ...javaUploads,
  ...javaApplications,
  ...javascriptServers,
  ciscoXe,
  ...administrators,
  projectsend,
  ...managementConsoles,
  ...helpDesks,
  ...fileServers,
  moveit,
  ...sharepoint,
  ...windowsServices,
  ...phpApplications,
  ...webSoftware,
  ...openSourceServers,
  ...hostingPanels,
  ...leftFiles,
];

const bySignature = new Map(lures.flatMap((lure) => lure.signatures.map((name) => [name, lure] as const)));

function found(visit: Visit): Answer | null {
  const products = visit.persona.http?.products ?? [];
  const runs = (lure: Lure): boolean => products.includes('*') || products.includes(lure.product);
  for (const name of visit.matched) {
    const lure = bySignature.get(name);
    if (lure === undefined || !runs(lure)) continue;
    const answer = lure.answer(visit);
    if (answer !== null) return answer;
  }
  const path = visit.request.path.toLowerCase();
  for (const lure of lures) {
    if (!runs(lure)) continue;
    if (lure.follows?.(visit) === true) {
      const answer = lure.answer(visit);
      if (answer !== null) return answer;
    }
    const page = lure.pages !== undefined && Object.hasOwn(lure.pages, path) ? lure.pages[path] : undefined;
    const shown = page?.(visit) ?? null;
    if (shown !== null) return shown;
  }
  return null;
}

/** How the persona's products answer this visit; null where none of them is meant: then the server answers as to anybody. */
export function lureAnswer(visit: Visit): Answer | null {
  const answer = found(visit);
  if (answer?.headers === undefined) return answer;
  // What a visitor sent and a header repeats must not become a header of its own.
  const headers = answer.headers.map(([name, value]) => [name, value.replaceAll(/[\r\n\0]/g, ' ')] as const);
  return { ...answer, headers };
}

/** VMware vCenter: uploads that walk out of their folder, and the web shells that they bring. */

import { archiveEntries } from '../../../wire/archive-entries.ts';
import { formParts } from '../form-parts.ts';
import type { Answer, Lure, Visit } from '../lure.ts';
import { callsFile, fileAnswer, keepFile, pageWithin } from '../uploaded-file.ts';
import { text, traversedFile } from './answers.ts';

/** Where the folders of vCenter's web applications are reached: the last is an alias by which the attackers' guides call it. */
const applications: readonly (readonly [folder: RegExp, paths: readonly string[]])[] = [
  [/\/(?:h5ngc|h5-vcui)\.war\/([\w./-]{1,200})$/i, ['/ui/']],
  [/\/vsphere-client\/server\/work\/.{0,128}\.war\/([\w./-]{1,200})$/i, ['/vsphere-client/']],
  [/\/statsreport\/([\w./-]{1,200})$/i, ['/statsreport/']],
  [/\/vmware-sso\/vmware-sts\/webapps\/root\/([\w./-]{1,200})$/i, ['/', '/idm/']],
];

function keep(visit: Visit, place: string, source: string): void {
  const name = place.replaceAll('\\', '/');
  for (const [folder, paths] of applications) {
    const file = folder.exec(name)?.[1];
    if (file !== undefined) for (const path of paths) keepFile(visit, `${path}${file}`, source);
  }
}

/** CVE-2021-21972: a tar archive, or where the visitor is curious only, a GET that is refused by its method. */
function upload(visit: Visit): Answer {
  if (visit.request.method !== 'POST') return text('', 405);
  const files = formParts(visit.request.request.body).filter((part) => part.file !== null);
  const entries = files.flatMap((part) => archiveEntries(part.content));
  for (const { name, content } of entries) keep(visit, `/${name}`, content);
  return text(entries.length > 0 ? 'SUCCESS' : 'FAILED');
}

/** CVE-2021-22005: a template that the collector runs writes its log, whose name it also says, below the document root. */
function collect(visit: Visit): void {
  const body = visit.request.request.body.replaceAll('\\/', '/');
  const place = /(\/[\w./-]{1,200}\/webapps\/ROOT\/[\w.-]{1,80}\.jsp)/i.exec(body)?.[1];
  if (place === undefined) return;
  const source = pageWithin(
    body
      .replaceAll(/\\u003c/gi, '<')
      .replaceAll(/\\u003e/gi, '>')
      .replaceAll('\\"', '"')
      .replaceAll('\\n', '\n'),
  );
  keep(visit, place, source ?? '<%= request.getParameter("cmd") %>');
}

export const vcenter: Lure = {
  product: 'vcenter',
  summary: 'VMware vCenter: uploads walk out of their folder, and a JSP among them then takes commands',
  remembers: 'the files uploaded below the web applications',
  signatures: ['vmware-vcenter-uploadova', 'vmware-vcenter-analytics-upload', 'vmware-vcenter-eam-file-read'],
  answer: (visit) => {
    if (callsFile(visit)) return fileAnswer(visit);
    if (visit.matched.has('vmware-vcenter-eam-file-read'))
      return text(traversedFile(visit) ?? visit.file('/etc/passwd') ?? '');
    if (visit.matched.has('vmware-vcenter-analytics-upload')) {
      collect(visit);
      return { status: visit.request.path.includes('/hyper/send') ? 201 : 200, body: '' };
    }
    // A web shell that somebody else would have left is not there.
    return visit.request.path.startsWith('/ui/resources/') ? null : upload(visit);
  },
  follows: callsFile,
};

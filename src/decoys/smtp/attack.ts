/** Attacks on mail servers that stand in the envelope or in the way a message ends. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ExploitFact } from '../../core/observation.ts';

type Found = Pick<ExploitFact, 'class' | 'name' | 'cves' | 'technique'>;

const execute = 'T1190';

/**
 * What an envelope address, or the name in EHLO, is meant to run.
 *
 * Exim expanded `${run{…}}` in the local part of a recipient (CVE-2019-10149); OpenSMTPD handed a sender to a shell with its
 * semicolons (CVE-2020-7247); Zimbra's postjournal did so with a recipient's `$(…)` (CVE-2024-45519).
 */
export function attackInAddress(text: string, where: 'sender' | 'recipient' | 'name'): Found | null {
  if (/\$\{(?:run|perl|readsocket|readfile|lookup|dlfunc)/i.test(text)) {
    const cves = where === 'recipient' ? ['CVE-2019-10149'] : [];
    return { class: 'rce', name: 'exim-string-expansion', cves, technique: execute };
  }
  if (/\$\{(?:jndi|[a-z:]{0,20}\$\{)/i.test(text))
    return { class: 'java', name: 'log4shell', cves: ['CVE-2021-44228'], technique: execute };
  if (text.includes('() {') || text.includes('(){'))
    return { class: 'rce', name: 'shellshock', cves: ['CVE-2014-6271'], technique: execute };
  if (where === 'sender' && /^[^@]{0,64};/.test(text))
    return { class: 'rce', name: 'opensmtpd-sender-shell', cves: ['CVE-2020-7247'], technique: execute };
  if (/\$\(|`|\|\s{0,4}\//.test(text)) {
    const cves = where === 'recipient' && text.includes('$(') ? ['CVE-2024-45519'] : [];
    return { class: 'rce', name: 'command-in-address', cves, technique: execute };
  }
  return null;
}

/** Commands in a message's header that old delivery agents would have run. */
export function attackInHeader(line: string): Found | null {
  if (/^[A-Za-z-]{1,64}:\s{0,8}\(\)\s?\{/.test(line))
    return { class: 'rce', name: 'shellshock', cves: ['CVE-2014-6271'], technique: execute };
  if (/\$\{jndi:/i.test(line))
    return { class: 'java', name: 'log4shell', cves: ['CVE-2021-44228'], technique: execute };
  return null;
}

export const smuggling: Found = {
  class: 'protocol',
  name: 'smtp-smuggling',
  cves: ['CVE-2023-51764'],
  technique: execute,
};

/** Mail for a third party from a stranger: the test for an open relay, or its use. */
export const openRelay: Found = { class: 'other', name: 'smtp-open-relay', cves: [], technique: 'T1090' };

/** The fact that an attack was tried; of what it was found in, the first 500 characters. */
export function exploit(found: Found, detail: string): DecoyOutput {
  return {
    do: 'saw',
    fact: { kind: 'exploit', service: 'smtp', ...found, detail: detail.slice(0, 500) },
  };
}

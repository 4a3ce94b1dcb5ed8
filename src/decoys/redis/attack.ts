/** Attacks on Redis that end in code on the machine, recognised in what was asked. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ExploitFact } from '../../core/observation.ts';
import { dumpOf } from './dump.ts';
import type { Call } from './call.ts';
import { word } from './call.ts';
import { escapesSandbox, systemCommand } from './script.ts';

const exploit = (
  name: string,
  technique: string,
  detail: string,
  cves: readonly string[] = [],
): Extract<DecoyOutput, { do: 'saw' }> => ({
  do: 'saw',
  fact: {
    kind: 'exploit',
    service: 'redis',
    class: 'rce',
    name,
    cves,
    technique,
    detail: detail.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, 300),
  } satisfies ExploitFact,
});

/** Which attack a file written to this place is, by the directory and name. */
function dropKind(directory: string, file: string): readonly [name: string, technique: string] | null {
  if (/\/cron(?:tabs|\.d|\.hourly|\.daily)?(?:\/|$)|\/spool\/cron/.test(directory)) {
    return ['redis-cron-drop', 'T1053.003'];
  }
  if (directory.includes('/.ssh') || file === 'authorized_keys') return ['redis-ssh-key-drop', 'T1098.004'];
  if (/\.(?:php\d?|phtml|jsp|jspx|asp|aspx|cgi)$/i.test(file)) return ['redis-webshell-drop', 'T1505.003'];
  if (/\.so(?:\.\d+)*$/.test(file)) return ['redis-module-drop', 'T1129'];
  if (directory !== '/var/lib/redis' && directory !== '/var/lib/redis/') return ['redis-file-write', 'T1105'];
  return null;
}

/** Beyond the command fact: what this command, given the state it meets, is an attempt at. */
export function* attackOf(call: Call): Iterable<DecoyOutput> {
  const name = word(call, 0).toLowerCase();
  const sub = word(call, 1).toLowerCase();
  if (name === 'save' || name === 'bgsave') {
    const directory = call.instance.configuration.get('dir');
    const file = call.instance.configuration.get('dbfilename');
    const kind = dropKind(directory, file);
    if (kind === null) return;
    const path = `${directory.replace(/\/$/, '')}/${file}`;
    yield { do: 'capture', bytes: dumpOf(call), how: 'redis-save', name: path.slice(0, 255) };
    yield exploit(kind[0], kind[1], path);
  } else if ((name === 'slaveof' || name === 'replicaof') && sub !== 'no' && call.words.length === 3) {
    yield exploit('redis-rogue-master', 'T1105', `${name} ${word(call, 1)} ${word(call, 2)}`);
  } else if (name === 'module' && (sub === 'load' || sub === 'loadex')) {
    yield exploit('redis-module-load', 'T1129', word(call, 2));
  } else if (name === 'eval' || (name === 'script' && sub === 'load')) {
    const text = name === 'eval' ? word(call, 1) : word(call, 2);
    if (!escapesSandbox(text)) return;
    yield exploit('redis-lua-escape', 'T1059', systemCommand(text) ?? text, ['CVE-2022-0543']);
  } else if (name === 'system.exec' || name === 'system.rev') {
    yield exploit('redis-module-command', 'T1059.004', call.words.join(' '));
  }
}

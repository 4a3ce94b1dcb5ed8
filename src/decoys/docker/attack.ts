/** What in a request to the engine is an attack: ways out of a container onto its host, known weaknesses of runc. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ExploitClass } from '../../core/behavior.ts';
import { type JsonValue, listOf, textAt, textsOf, valueAt } from '../../wire/json-value.ts';

const escape = (name: string, detail: string, cves: readonly string[] = []): DecoyOutput => {
  const exploitClass: ExploitClass = 'rce';
  return {
    do: 'saw',
    fact: {
      kind: 'exploit',
      service: 'docker',
      class: exploitClass,
      name,
      cves,
      technique: 'T1611',
      detail: detail.slice(0, 512),
    },
  };
};

/** Folders of the host with which a container rules the host. */
const dangerousFolder =
  /^(?:\/|\/(?:etc|root|home|var\/run|run|proc|sys|dev|var|boot|usr|bin|sbin|lib)(?:\/.*)?)$/;

function boundFolders(body: JsonValue | undefined): string[] {
  const binds = textsOf(valueAt(body, 'HostConfig', 'Binds')).map((bind) => bind.split(':', 1)[0] ?? '');
  const mounts = listOf(valueAt(body, 'HostConfig', 'Mounts'))
    .filter((mount) => textAt(mount, 'Type') === 'bind')
    .map((mount) => textAt(mount, 'Source'));
  return [...binds, ...mounts].filter((folder) => folder.startsWith('/')).slice(0, 64);
}

/** `POST /containers/create`. */
export function* attacksOfCreate(body: JsonValue | undefined): Iterable<DecoyOutput> {
  const words = [...textsOf(valueAt(body, 'Entrypoint')), ...textsOf(valueAt(body, 'Cmd'))].join(' ');
  const folder = boundFolders(body).find((bound) => dangerousFolder.test(bound));
  const privileged = valueAt(body, 'HostConfig', 'Privileged') === true;
  const hostNamespaces = ['PidMode', 'IpcMode', 'UsernsMode'].some(
    (name) => textAt(body, 'HostConfig', name) === 'host',
  );
  const image = textAt(body, 'Image');
  if (folder !== undefined) {
    yield escape(
      'docker-host-mount',
      `${privileged ? 'privileged ' : ''}container of ${image} with the host's ${folder}: ${words}`,
    );
  } else if (privileged || (hostNamespaces && /nsenter/.test(words))) {
    yield escape('docker-privileged-container', `privileged container of ${image}: ${words}`);
  }
  yield* attacksOfRun(textAt(body, 'WorkingDir'), words);
}

/** The folder and the words of a container or an exec. */
export function* attacksOfRun(folder: string, words: string): Iterable<DecoyOutput> {
  if (/^\/proc\/self\/fd\/\d/.test(folder))
    yield escape('runc-leaked-descriptor', `working folder ${folder}`, ['CVE-2024-21626']);
  if (/^\/proc\/(?:self|\d{1,7})\/exe\b/.test(words))
    yield escape('runc-overwrite', words, ['CVE-2019-5736']);
}

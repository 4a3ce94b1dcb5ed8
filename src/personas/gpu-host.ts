import { below, pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { linuxServer } from './linux-server.ts';
import { servicesOf } from './services.ts';

interface Cards {
  readonly model: string;
  readonly cpu: string;
  readonly processors: number;
  readonly memoryKilobytes: number;
}

const cards: readonly [Cards, ...Cards[]] = [
  {
    model: 'NVIDIA GeForce RTX 3090',
    cpu: 'AMD EPYC 7302P 16-Core Processor',
    processors: 32,
    memoryKilobytes: 131_848_216,
  },
  {
    model: 'NVIDIA GeForce RTX 4090',
    cpu: 'AMD EPYC 7443P 24-Core Processor',
    processors: 48,
    memoryKilobytes: 263_992_764,
  },
  {
    model: 'NVIDIA A100-PCIE-40GB',
    cpu: 'Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz',
    processors: 32,
    memoryKilobytes: 197_732_940,
  },
  { model: 'Tesla T4', cpu: 'Intel(R) Xeon(R) CPU @ 2.20GHz', processors: 8, memoryKilobytes: 30_824_736 },
];

const drivers = ['535.129.03', '535.183.01', '550.54.15'] as const;

export const gpuHost: PersonaMaker = {
  name: 'gpu-host',
  summary: 'An Ubuntu 20.04 machine with graphics processors whose Ollama and Ray answer anybody',
  make(seed, options) {
    const random = seed.random('cards');
    const card = pick(random, cards);
    const driver = pick(random, drivers);
    const version = pick(random, ['0.1.48', '0.3.12', '0.4.7', '0.5.7', '0.6.2'] as const);
    const uuid = Buffer.from(seed.bytes('card', 16)).toString('hex');
    return linuxServer(seed, options, {
      distribution: 'ubuntu',
      hardware: {
        cpu: { model: card.cpu, count: card.processors },
        memoryKilobytes: card.memoryKilobytes - 4 * below(random, 9000),
      },
      roles: ['gpu', 'ai', 'ml', 'llm'],
      accounts: ['ollama:!:997:997::/usr/share/ollama:/bin/false'],
      packages: {
        [`nvidia-driver-${driver.slice(0, 3)}`]: `${driver}-0ubuntu0.20.04.1`,
        [`nvidia-utils-${driver.slice(0, 3)}`]: `${driver}-0ubuntu0.20.04.1`,
      },
      software: { ollama: { product: 'Ollama', version } },
      http: { server: 'Python/3.8 aiohttp/3.8.5', products: ['ray'], title: 'Ray Dashboard' },
      services: servicesOf('ssh 22, ollama 11434, http 8265'),
      files: {
        '/proc/driver/nvidia/version': textFile(
          `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${driver}\nGCC version:  gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.2)\n`,
          0o444,
        ),
        '/proc/driver/nvidia/gpus/0000:01:00.0/information': textFile(
          `Model: \t\t ${card.model}\nIRQ:   \t\t ${100 + below(random, 90)}\nGPU UUID: \t GPU-${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-${uuid.slice(12, 16)}-${uuid.slice(16, 20)}-${uuid.slice(20)}\nBus Type: \t PCIe\nBus Location: \t 0000:01:00.0\nDevice Minor: \t 0\n`,
          0o444,
        ),
        '/etc/systemd/system/ollama.service': textFile(
          '[Unit]\nDescription=Ollama Service\nAfter=network-online.target\n\n[Service]\nExecStart=/usr/local/bin/ollama serve\nUser=ollama\nGroup=ollama\nRestart=always\nRestartSec=3\nEnvironment="OLLAMA_HOST=0.0.0.0"\n\n[Install]\nWantedBy=default.target\n',
        ),
      },
      history: [
        'nvidia-smi',
        'curl -fsSL https://ollama.com/install.sh | sh',
        'ollama list',
        'systemctl edit ollama.service',
        'systemctl restart ollama',
        'journalctl -u ollama -f',
        'curl localhost:11434/api/tags',
        'watch nvidia-smi',
        'pip install vllm "ray[default]==2.6.3"',
        'ray start --head --dashboard-host 0.0.0.0',
      ],
    });
  },
};

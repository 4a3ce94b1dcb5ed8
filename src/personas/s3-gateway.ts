import { pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { linuxServer } from './linux-server.ts';
import { secret } from './server-files.ts';
import { servicesOf } from './services.ts';

const releases = [
  '2022-10-24T18-35-07Z',
  '2023-03-13T19-46-17Z',
  '2023-01-31T02-24-19Z',
  '2023-07-21T21-12-44Z',
] as const;

export const s3Gateway: PersonaMaker = {
  name: 's3-gateway',
  summary: 'A Debian 11 object store: MinIO with an administrator who chose badly',
  make(seed, options) {
    const release = pick(seed.random('minio'), releases);
    const accessKey = pick(seed.random('minio user'), ['minioadmin', 'minio', 'admin'] as const);
    const secretKey = accessKey === 'minioadmin' ? 'minioadmin' : secret(seed, 'minio');
    return linuxServer(seed, options, {
      distribution: 'debian',
      leastMemoryKilobytes: 2_000_000,
      roles: ['s3', 'minio', 'storage', 'backup'],
      accounts: ['minio-user:!:998:998::/home/minio-user:/sbin/nologin'],
      packages: { minio: release.replaceAll(/[-TZ]/g, '').replace(/^(\d{8})(\d{6})$/, '$1$2.0.0') },
      software: {
        s3: { product: 'MinIO', version: `RELEASE.${release}`, details: { accessKey, secretKey } },
      },
      services: servicesOf('ssh 22, s3 9000'),
      files: {
        '/etc/default/minio': textFile(
          `MINIO_VOLUMES="/srv/minio"\nMINIO_OPTS="--console-address 127.0.0.1:9001"\nMINIO_ROOT_USER=${accessKey}\nMINIO_ROOT_PASSWORD=${secretKey}\n`,
          0o640,
        ),
      },
      history: [
        'dpkg -i minio.deb',
        'vim /etc/default/minio',
        'systemctl enable --now minio',
        'mc alias set local http://127.0.0.1:9000',
        'mc ls local',
        'mc admin info local',
        'df -h /srv/minio',
        'systemctl status minio',
      ],
    });
  },
};

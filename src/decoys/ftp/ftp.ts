import type { Decoy } from '../../core/decoy.ts';
import { FtpSession } from './session.ts';

/**
 * vsftpd or ProFTPD before the machine's files. Of `persona.software.ftp` it reads `product` (what begins with ProFTPD is that, all else
 * vsftpd), `version`, and of its details
 *
 *     anonymous  `no`, `read` or `write` (an `incoming` folder); drawn where it is absent
 *     root       the folder of anonymous visitors, /srv/ftp where it is absent
 *     banner     the whole first line, with its `220 `
 *     name       ProFTPD's ServerName
 *     tls        `no` where AUTH TLS is not known though the persona has a certificate
 *     mod_copy   `no` where ProFTPD has no SITE CPFR and CPTO
 *
 * Data goes over a second port of the same address (`expect`). In active mode the server would connect to the client, which a decoy never
 * does: PORT is answered, and the transfer fails as it does behind a firewall.
 */
export const ftp: Decoy = {
  name: 'ftp',
  summary: 'A file server: logins, the machine’s files, uploads; passive mode over a port of its own',
  fidelity: 'vsftpd 3.0.3: 8 of 8 conversations equal',
  transport: 'tcp',
  ports: [21, 2121],
  open: (context) => new FtpSession(context),
};

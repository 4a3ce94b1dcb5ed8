/** Services of Windows servers whose requests are ordinary but for what they carry. */

import type { CveSignature } from '../cve-signature.ts';

export const windowsServices: readonly CveSignature[] = [
  {
    name: 'wsus-event-deserialization',
    product: 'wsus',
    cves: ['CVE-2025-59287'],
    class: 'deserialization',
    requests: [
      {
        methods: ['POST'],
        path: ['/reportingwebservice/reportingwebservice.asmx'],
        where: [
          { in: 'body', has: ['reporteventbatch'] },
          {
            in: 'body',
            has: ['synchronizationupdateerrorskey', 'soap-env:envelope', 'aaeaaad/////'],
          },
        ],
      },
    ],
  },
  {
    name: 'wsus-cookie-deserialization',
    product: 'wsus',
    cves: ['CVE-2025-59287'],
    class: 'deserialization',
    confidence: 0.85,
    requests: [
      {
        methods: ['POST'],
        path: ['/clientwebservice/client.asmx'],
        where: [
          { in: 'body', has: ['<cookiedata>'] },
          // A cookie that the server gave is some hundred octets.
          { in: 'body', matches: /<cookiedata>[a-z0-9+/=\s]{1024}/ },
        ],
      },
    ],
  },
  {
    name: 'gladinet-setup-host',
    product: 'gladinet',
    cves: ['CVE-2025-12480'],
    class: 'auth-bypass',
    requests: [
      {
        path: [
          '/management/admindatabase.aspx',
          '/management/adminaccount.aspx',
          '/management/initaccount.aspx',
          '/management/commitpage.aspx',
        ],
        where: [{ in: 'header:host', has: ['localhost'] }],
      },
    ],
  },
];

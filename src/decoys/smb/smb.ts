import type { Decoy } from '../../core/decoy.ts';
import { SmbSession } from './session.ts';

/**
 * A file server of Windows or Samba. Of `persona.software.smb` it reads `product` (what begins with Samba is that, all else Windows),
 * `version` (`4.17.12`, or `10.0.14393` with its build), and of its details
 *
 *     computer       NetBIOS name; the host name where it is absent
 *     workgroup      workgroup or NetBIOS domain
 *     domain         DNS domain of a member of one
 *     shares         names between commas; `comment.<name>` has a share's comment
 *     root           the folder with a folder for each share, /srv/samba where it is absent
 *     guest          `yes` where strangers may read and write the shares
 *     smb1           `yes` or `no`
 *     vendor         what stands behind Samba's version, such as `-Debian`
 *     system         NativeOS and NativeLanMan of SMB 1,
 *     manager        where the build does not say
 *
 * A login with a password that the persona knows can be signed; one that its policy lets in all the same becomes a guest's.
 */
export const smb: Decoy = {
  name: 'smb',
  summary: 'A Windows or Samba file server: NTLM answers, shares, delivered files, MS17-010, remote services',
  fidelity: 'Samba 4.17: the refusals of 17 commands of smbclient equal',
  transport: 'tcp',
  ports: [445, 139],
  recognise: (first) => {
    const text = String.fromCharCode(...first.subarray(0, 8));
    if (/^\0[^]{3}[\xfe\xff\xfc]SMB/.test(text)) return 1;
    return text.startsWith('\x81\0\0\x44') ? 0.95 : 0;
  },
  open: (context) => new SmbSession(context),
};

/** How the daemons that personas claim to run differ where the algorithms do not tell. */

export interface SshDaemon {
  readonly product: 'openssh' | 'dropbear';
  /** 804 for OpenSSH 8.4, 2022083 for Dropbear 2022.83. */
  readonly version: number;
  /** Failed attempts before it hangs up. */
  readonly maxAuthTries: number;
  /** The window that a session is opened with, and the one that its program gets; the largest packet it takes. */
  readonly openWindow: number;
  readonly programWindow: number;
  readonly packetBytes: number;
  /** Value of the extension server-sig-algs (RFC 8308 §3.1); empty where it sends no extensions. */
  readonly signatureAlgorithms: string;
}

const curves = 'ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521';
const rsaTwo = 'rsa-sha2-256,rsa-sha2-512';

/** The order is that of the key table in OpenSSH's sshkey.c at the time. */
function opensshSignatures(version: number): string {
  if (version < 702) return '';
  if (version < 705) return rsaTwo;
  if (version < 707) return `ssh-ed25519,ssh-rsa,ssh-dss,${curves}`;
  if (version < 802) return `ssh-ed25519,ssh-rsa,${rsaTwo},ssh-dss,${curves}`;
  const touch = 'sk-ecdsa-sha2-nistp256@openssh.com';
  if (version < 809)
    return `ssh-ed25519,sk-ssh-ed25519@openssh.com,ssh-rsa,${rsaTwo},ssh-dss,${curves},${touch}`;
  return `ssh-ed25519,sk-ssh-ed25519@openssh.com,${curves},${touch},webauthn-${touch},ssh-dss,ssh-rsa,${rsaTwo}`;
}

/** 2022.83 was asked; security keys came with 2022.82, the extension with 2020.79. */
function dropbearSignatures(version: number): string {
  if (version < 2_020_079) return '';
  const rest = 'rsa-sha2-256,ssh-rsa,ssh-dss';
  if (version < 2_022_082) return `ssh-ed25519,${curves},${rest}`;
  return `ssh-ed25519,sk-ssh-ed25519@openssh.com,${curves},sk-ecdsa-sha2-nistp256@openssh.com,${rest}`;
}

/** Reads the daemon from its version line; one that is neither is taken for a recent OpenSSH. */
export function daemonOf(versionLine: string): SshDaemon {
  const dropbear = /^SSH-2\.0-dropbear_(\d{4})\.(\d{1,3})/.exec(versionLine);
  if (dropbear !== null) {
    const version = Number(dropbear[1]) * 1000 + Number(dropbear[2]);
    return {
      product: 'dropbear',
      version,
      maxAuthTries: 10,
      openWindow: 24_576,
      programWindow: 24_576,
      packetBytes: 32_759,
      signatureAlgorithms: dropbearSignatures(version),
    };
  }
  const openssh = /^SSH-2\.0-OpenSSH_(\d{1,2})\.(\d{1,2})/.exec(versionLine);
  const version = openssh === null ? 804 : Number(openssh[1]) * 100 + Number(openssh[2]);
  return {
    product: 'openssh',
    version,
    maxAuthTries: 6,
    openWindow: 0,
    programWindow: 2_097_152,
    packetBytes: 32_768,
    signatureAlgorithms: opensshSignatures(version),
  };
}

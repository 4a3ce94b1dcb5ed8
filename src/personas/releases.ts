/** Releases of Ubuntu and Debian: package versions and kernels that were current together. */

/** OpenSSH package and kernel of Ubuntu 20.04 in one season of its updates. */
export interface Release {
  readonly openssh: string;
  readonly kernel: { readonly release: string; readonly version: string; readonly machine: string };
}

const ubuntuKernel = (abi: number, build: number, date: string): Release['kernel'] => ({
  release: `5.4.0-${abi}-generic`,
  version: `#${build}-Ubuntu SMP ${date}`,
  machine: 'x86_64',
});

/** Ubuntu 20.04.6 after the fix of CVE-2025-32728 (4ubuntu0.13), the last before its standard support ended. */
export const focalReleases: readonly [Release, ...Release[]] = [
  {
    openssh: 'SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.13',
    kernel: ubuntuKernel(216, 236, 'Fri Apr 11 19:53:21 UTC 2025'),
  },
  {
    openssh: 'SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.13',
    kernel: ubuntuKernel(208, 228, 'Fri Feb 7 19:41:33 UTC 2025'),
  },
  {
    openssh: 'SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.11',
    kernel: ubuntuKernel(200, 220, 'Fri Sep 27 13:19:16 UTC 2024'),
  },
  {
    openssh: 'SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.11',
    kernel: ubuntuKernel(193, 213, 'Fri Aug 2 19:14:16 UTC 2024'),
  },
  {
    openssh: 'SSH-2.0-OpenSSH_8.2p1 Ubuntu-4ubuntu0.11',
    kernel: ubuntuKernel(187, 207, 'Mon Jun 10 08:16:10 UTC 2024'),
  },
];

const bullseye = (abi: number, build: string): Release => ({
  openssh: 'SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3',
  kernel: { release: `5.10.0-${abi}-amd64`, version: `#1 SMP Debian ${build}`, machine: 'x86_64' },
});

/** Debian 11 after DSA-5586-1 (5+deb11u3), its last security update under regular support. */
export const bullseyeReleases: readonly [Release, ...Release[]] = [
  bullseye(27, '5.10.205-2 (2023-12-31)'),
  bullseye(28, '5.10.209-2 (2024-01-31)'),
  bullseye(29, '5.10.216-1 (2024-05-03)'),
  bullseye(30, '5.10.218-1 (2024-06-01)'),
  bullseye(31, '5.10.221-1 (2024-07-14)'),
  bullseye(32, '5.10.223-1 (2024-08-10)'),
];

export const focalOsRelease = `NAME="Ubuntu"
VERSION="20.04.6 LTS (Focal Fossa)"
ID=ubuntu
ID_LIKE=debian
PRETTY_NAME="Ubuntu 20.04.6 LTS"
VERSION_ID="20.04"
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
VERSION_CODENAME=focal
UBUNTU_CODENAME=focal
`;

export const bullseyeOsRelease = `PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"
NAME="Debian GNU/Linux"
VERSION_ID="11"
VERSION="11 (bullseye)"
VERSION_CODENAME=bullseye
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

const redHatKernel = (build: string, date: string): Release['kernel'] => ({
  release: `4.18.0-${build}.x86_64`,
  version: `#1 SMP ${date}`,
  machine: 'x86_64',
});

/** RHEL 8.9 and its updates between December 2023 and May 2024. */
export const redHatReleases: readonly [Release['kernel'], ...Release['kernel'][]] = [
  redHatKernel('513.9.1.el8_9', 'Thu Nov 16 10:29:04 EST 2023'),
  redHatKernel('513.11.1.el8_9', 'Thu Dec 7 03:06:13 EST 2023'),
  redHatKernel('513.18.1.el8_9', 'Thu Feb 1 03:51:05 EST 2024'),
  redHatKernel('513.24.1.el8_9', 'Thu Mar 14 14:20:09 EDT 2024'),
];

export const redHatOsRelease = `NAME="Red Hat Enterprise Linux"
VERSION="8.9 (Ootpa)"
ID="rhel"
ID_LIKE="fedora"
VERSION_ID="8.9"
PLATFORM_ID="platform:el8"
PRETTY_NAME="Red Hat Enterprise Linux 8.9 (Ootpa)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:redhat:enterprise_linux:8::baseos"
HOME_URL="https://www.redhat.com/"
DOCUMENTATION_URL="https://access.redhat.com/documentation/en-us/red_hat_enterprise_linux/8"
BUG_REPORT_URL="https://bugzilla.redhat.com/"

REDHAT_BUGZILLA_PRODUCT="Red Hat Enterprise Linux 8"
REDHAT_BUGZILLA_PRODUCT_VERSION=8.9
REDHAT_SUPPORT_PRODUCT="Red Hat Enterprise Linux"
REDHAT_SUPPORT_PRODUCT_VERSION="8.9"
`;

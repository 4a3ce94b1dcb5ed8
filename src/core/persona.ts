/**
 * A persona: one coherent machine identity. Everything that a decoy shows of itself (banners, keys, names, files) it
 * takes from here, so that the parts agree with each other and no two sensors share a constant.
 */

import type { Random } from './random.ts';

/** A login policy: which attempts the machine lets in. */
export interface LoginPolicy {
  /** Pairs that are always let in; `*` stands for any. */
  readonly accepted: readonly (readonly [user: string, password: string])[];
  /** Beside these, the nth attempt of a source is let in (as if it had guessed right); 0 for never. */
  readonly acceptAfter: number;
}

export interface PersonaFile {
  readonly content: string;
  /** Such as 0o644. */
  readonly mode: number;
  readonly owner: string;
}

export interface SshIdentity {
  /** Such as `SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3`, without line end. */
  readonly version: string;
  /** The lists of its KEXINIT, in the order of the real daemon. */
  readonly keyExchange: readonly string[];
  readonly hostKey: readonly string[];
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
  readonly compression: readonly string[];
  readonly authMethods: readonly string[];
  /** PKCS#8 PEM by type: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`. */
  readonly keys: Readonly<Record<string, string>>;
  readonly banner: string;
}

export interface TlsIdentity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
}

export interface HttpIdentity {
  /** Value of the Server header; empty for none. */
  readonly server: string;
  /** Products whose lures it answers, as the lures name them; `*` for all. */
  readonly products: readonly string[];
  readonly title: string;
  /** The server is told to speak HTTP/2, where it does not by itself (nginx's `http2`). */
  readonly speaksHttp2?: boolean;
}

export interface RedisIdentity {
  readonly version: string;
  readonly runId: string;
  /** `requirepass`; absent where anybody may give commands. */
  readonly password?: string;
}

/** What the kernel of a machine puts into its packets, by which a scanner reads it. */
export interface NetworkStack {
  /** The TTL, or hop limit, that its packets leave with. */
  readonly ttl: number;
  /** Of its SYN-ACK, in octets for a segment size of 1,460; null where it is what this kernel says too. */
  readonly window: {
    /** Towards clients without the timestamp option, and with it, which takes 12 octets of each segment. */
    readonly plain: number;
    readonly withTimestamps: number;
  } | null;
}

/** A program that answers on this machine. */
export interface Software {
  /** As its vendor writes it, such as `MariaDB`. */
  readonly product: string;
  /** As the program itself gives it, such as `10.5.23-MariaDB-0+deb11u1`. */
  readonly version: string;
  /** What else a decoy needs to know of it, such as a database's name or a device's model. */
  readonly details?: Readonly<Record<string, string>>;
}

/** A port that the machine has open. */
export interface PersonaService {
  /** Name of the decoy that plays it. */
  readonly decoy: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  /** Clients are expected to begin with TLS. */
  readonly tls?: boolean;
}

export interface Persona {
  /** Such as `ubuntu-web`. */
  readonly name: string;
  readonly summary: string;
  readonly seed: string;
  readonly hostname: string;
  /** What it runs: decides the shell's dialect. `firmware` stands for a system without a shell that visitors could know. */
  readonly system: 'linux-gnu' | 'linux-busybox' | 'windows' | 'firmware';
  /** As `uname -snrvm` would give its parts. */
  readonly kernel: { readonly release: string; readonly version: string; readonly machine: string };
  /** Text of /etc/os-release; empty where the system has none. */
  readonly osRelease: string;
  readonly cpu: { readonly model: string; readonly count: number };
  readonly memoryKilobytes: number;
  /** When it claims to have started, milliseconds since the epoch. */
  readonly bootedAt: number;
  readonly address: string;
  readonly mac: string;
  /** User name to its home, shell and uid. */
  readonly users: readonly {
    readonly name: string;
    readonly uid: number;
    readonly home: string;
    readonly shell: string;
  }[];
  /** Files that this machine has beside those of every Linux system; absolute path to file. */
  readonly files: Readonly<Record<string, PersonaFile>>;
  readonly login: LoginPolicy;
  /** What telnet prints ahead of `login:`. */
  readonly issue: string;
  readonly ssh: SshIdentity | null;
  readonly tls: TlsIdentity | null;
  readonly http: HttpIdentity | null;
  readonly redis: RedisIdentity | null;
  /** The other programs, by the decoy that plays them. A decoy that is not named here draws a common version from `random`. */
  readonly software: Readonly<Record<string, Software>>;
  /** What a port scan of the machine finds: few ports that go together. */
  readonly services: readonly PersonaService[];
  /** A fresh stream of bytes for this purpose, the same at every call with the same purpose. */
  random(purpose: string): Random;
}

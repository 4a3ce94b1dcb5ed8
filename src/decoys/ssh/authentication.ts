/** The user authentication protocol, server side: RFC 4252, RFC 4256. */

import type { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import type { AuthFact } from '../../core/observation.ts';
import type { SshIdentity } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import { plantedUsed, type Planted } from '../../wire/planted-credential.ts';
import { recognisePlantedSshKey } from '../../wire/planted-ssh-key.ts';
import { SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import { keyFingerprint, verifyWith } from '../../wire/ssh-key.ts';
import { drawnShare, pamDelay } from '../credentials/refusal-delay.ts';
import { isAuthorizedKey } from './authorized-keys.ts';
import type { SshDaemon } from './daemon.ts';
import { message } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { SshTransport } from './transport.ts';

const textLimit = 1024;

export class SshAuthentication {
  readonly #context: DecoyContext;
  readonly #identity: SshIdentity;
  readonly #daemon: SshDaemon;
  readonly #outbox: Outbox;
  readonly #transport: SshTransport;
  #serviceGranted = false;
  #user: string | null = null;
  #service = '';
  #failures = 0;
  #attempts = 0;
  #prompt: 'none' | 'password' | 'accepted' = 'none';
  #succeeded = false;

  constructor(
    context: DecoyContext,
    identity: SshIdentity,
    daemon: SshDaemon,
    outbox: Outbox,
    transport: SshTransport,
  ) {
    this.#context = context;
    this.#identity = identity;
    this.#daemon = daemon;
    this.#outbox = outbox;
    this.#transport = transport;
  }

  get succeeded(): boolean {
    return this.#succeeded;
  }

  get user(): string {
    return this.#user ?? '';
  }

  handle(payload: Buffer): void {
    const reader = new SshReader(payload);
    const number = reader.uint8();
    if (number === message.serviceRequest) this.#serviceRequest(reader);
    else if (number === message.userauthRequest && this.#serviceGranted) this.#request(reader);
    else if (number === message.userauthInfoResponse && this.#prompt !== 'none') this.#infoResponse(reader);
    else if (this.#daemon.product === 'dropbear') this.#outbox.close();
    else this.#transport.unimplemented();
  }

  // byte      SSH_MSG_SERVICE_REQUEST
  // string    service name
  //
  // byte      SSH_MSG_SERVICE_ACCEPT
  // string    service name
  #serviceRequest(reader: SshReader): void {
    const service = reader.text();
    if (service !== 'ssh-userauth') {
      this.#transport.disconnect(`bad service request ${service.slice(0, 256)}`);
      return;
    }
    this.#serviceGranted = true;
    this.#transport.send(new SshWriter().uint8(message.serviceAccept).string(service).finish());
  }

  // byte      SSH_MSG_USERAUTH_REQUEST
  // string    user name in ISO-10646 UTF-8 encoding [RFC3629]
  // string    service name in US-ASCII
  // string    method name in US-ASCII
  // ....      method specific fields
  #request(reader: SshReader): void {
    const user = reader.text().slice(0, textLimit);
    const service = reader.text().slice(0, textLimit);
    const method = reader.text();
    this.#prompt = 'none';
    this.#attempts += 1;
    if (this.#user === null) {
      this.#user = user;
      this.#service = service;
      // auth2.c fatal()s on any other service, for there is none to start.
      if (service !== 'ssh-connection') {
        this.#outbox.close();
        return;
      }
      if (this.#identity.banner !== '') this.#banner();
    } else if (user !== this.#user || service !== this.#service) {
      this.#transport.disconnect(
        `Change of username or service not allowed: (${this.#user},${this.#service}) -> (${user},${service})`,
      );
      return;
    }
    const offered = this.#identity.authMethods.includes(method);
    if (method === 'password') this.#password(reader, offered);
    else if (method === 'publickey') this.#publicKey(reader, offered);
    else if (method === 'keyboard-interactive') this.#keyboard(reader, offered);
    else {
      this.#saw({ method: method === 'none' ? 'none' : 'other', accepted: false });
      this.#fail(method);
    }
  }

  // byte      SSH_MSG_USERAUTH_BANNER
  // string    message in ISO-10646 UTF-8 encoding [RFC3629]
  // string    language tag [RFC3066]
  #banner(): void {
    const writer = new SshWriter().uint8(message.userauthBanner);
    this.#transport.send(writer.string(this.#identity.banner).string('').finish());
  }

  // boolean   FALSE, or TRUE for a request to change the password
  // string    plaintext password in ISO-10646 UTF-8 encoding [RFC3629]
  #password(reader: SshReader, offered: boolean): void {
    const change = reader.boolean();
    const password = reader.text().slice(0, textLimit);
    if (change) reader.text();
    const accepted = offered && !change && this.#admits(password);
    this.#saw({ method: 'password', password, accepted });
    if (accepted) this.#succeed();
    else this.#fail('password');
  }

  // boolean   FALSE, or TRUE where a signature follows
  // string    public key algorithm name
  // string    public key blob
  // string    signature
  //
  // byte      SSH_MSG_USERAUTH_PK_OK
  // string    public key algorithm name from the request
  // string    public key blob from the request
  //
  // A key is known where the visitor has put it into authorized_keys himself, or has it from a decoy; any other offer is refused before a
  // signature is asked for.
  #publicKey(reader: SshReader, offered: boolean): void {
    const isSigned = reader.boolean();
    const algorithm = reader.text().slice(0, 64);
    const blob = reader.string();
    const fingerprint = keyFingerprint(blob);
    const planted = recognisePlantedSshKey(this.#context.persona, blob);
    if (planted !== null) this.#outbox.push({ do: 'saw', fact: plantedUsed('ssh', planted) });
    const known =
      offered && (isAuthorizedKey(this.#context, this.#user ?? '', blob) || this.#isAccount(planted));
    if (known && !isSigned) {
      const writer = new SshWriter().uint8(message.userauthPublicKeyOk);
      this.#transport.send(writer.string(algorithm).string(blob).finish());
      return;
    }
    const accepted = known && this.#isSignedBy(blob, algorithm, reader.string());
    this.#saw({ method: 'publickey', keyFingerprint: fingerprint, accepted });
    if (accepted) this.#succeed();
    else this.#fail('publickey', offered);
  }

  // string    session identifier
  // byte      SSH_MSG_USERAUTH_REQUEST
  // string    user name
  // string    service name
  // string    "publickey"
  // boolean   TRUE
  // string    public key algorithm name
  // string    public key to be used for authentication
  #isSignedBy(blob: Buffer, algorithm: string, signature: Buffer): boolean {
    const octets = new SshWriter()
      .string(this.#transport.sessionId)
      .uint8(message.userauthRequest)
      .string(this.#user ?? '')
      .string(this.#service)
      .string('publickey')
      .boolean(true)
      .string(algorithm)
      .string(blob)
      .finish();
    return verifyWith(blob, algorithm, octets, signature);
  }

  // string    language tag
  // string    submethods
  //
  // byte      SSH_MSG_USERAUTH_INFO_REQUEST
  // string    name, string instruction, string language tag
  // int       num-prompts
  // repeat:   string prompt, boolean echo
  #keyboard(reader: SshReader, offered: boolean): void {
    reader.text();
    reader.text();
    if (!offered) {
      this.#saw({ method: 'keyboard-interactive', accepted: false });
      this.#fail('keyboard-interactive');
      return;
    }
    this.#prompt = 'password';
    const writer = new SshWriter().uint8(message.userauthInfoRequest).string('').string('').string('');
    this.#transport.send(writer.uint32(1).string('Password: ').boolean(false).finish());
  }

  // byte      SSH_MSG_USERAUTH_INFO_RESPONSE
  // int       num-responses
  // repeat:   string response
  #infoResponse(reader: SshReader): void {
    const prompt = this.#prompt;
    const count = reader.uint32();
    if (count !== (prompt === 'password' ? 1 : 0)) {
      // sshd: "input_userauth_info_response: wrong number of replies" is fatal.
      this.#outbox.close();
      return;
    }
    if (prompt !== 'password') {
      this.#prompt = 'none';
      this.#succeed();
      return;
    }
    const password = reader.text().slice(0, textLimit);
    const accepted = this.#admits(password);
    this.#saw({ method: 'keyboard-interactive', password, accepted });
    if (!accepted) {
      this.#prompt = 'none';
      this.#fail('keyboard-interactive');
      return;
    }
    // PAM's conversation ends with a request that asks nothing, where the password was right.
    this.#prompt = 'accepted';
    const writer = new SshWriter().uint8(message.userauthInfoRequest).string('').string('').string('');
    this.#transport.send(writer.uint32(0).finish());
  }

  /** A key that was left lying about opens the accounts that there are. */
  #isAccount(planted: Planted | null): boolean {
    return planted !== null && this.#context.persona.users.some(({ name }) => name === this.#user);
  }

  #saw(attempt: Omit<AuthFact, 'kind' | 'service' | 'user'>): void {
    this.#outbox.push({
      do: 'saw',
      fact: { kind: 'auth', service: 'ssh', user: this.#user ?? '', ...attempt },
    });
  }

  /** The persona's policy; counts the attempt. */
  #admits(password: string): boolean {
    const count = this.#context.countAttempt();
    const { accepted, acceptAfter } = this.#context.persona.login;
    const listed = accepted.some(
      ([user, secret]) => (user === '*' || user === this.#user) && (secret === '*' || secret === password),
    );
    return listed || (acceptAfter > 0 && count >= acceptAfter);
  }

  // byte         SSH_MSG_USERAUTH_FAILURE
  // name-list    authentications that can continue
  // boolean      partial success
  #fail(method: string, counts = true): void {
    // The first `none` is how a client asks for the methods; it is not held against it.
    const free = method === 'none' && (this.#attempts === 1 || this.#daemon.product === 'dropbear');
    if (!free && counts) this.#failures += 1;
    if (method === 'password' || method === 'keyboard-interactive') this.#delay();
    if (this.#failures >= this.#daemon.maxAuthTries) {
      this.#transport.disconnect('Too many authentication failures');
      return;
    }
    const writer = new SshWriter().uint8(message.userauthFailure);
    this.#transport.send(writer.nameList(this.#identity.authMethods).boolean(false).finish());
  }

  /** The pause after a wrong password: PAM's two seconds on Linux, Dropbear's own 300 ms, or what the device takes to look. */
  #delay(): void {
    const { version } = this.#identity;
    const milliseconds = version.includes('OpenSSH')
      ? pamDelay(this.#context, 2_000)
      : this.#daemon.product === 'dropbear'
        ? Math.round(250 + 100 * drawnShare(this.#context))
        : 15 +
          below(this.#context.persona.random('ssh login delay'), 30) +
          Math.round(8 * drawnShare(this.#context));
    this.#outbox.push({ do: 'pause', milliseconds });
  }

  // byte      SSH_MSG_USERAUTH_SUCCESS
  #succeed(): void {
    this.#succeeded = true;
    this.#transport.send(new SshWriter().uint8(message.userauthSuccess).finish());
    this.#transport.loggedIn();
  }
}

/**
 * What attackers tried and left behind, folded from observations: credentials, commands, files, the addresses from which their next
 * stage comes, and the weaknesses that they know. Bounded in memory, whatever the input.
 */

import type { Observation } from '../core/observation.ts';
import { urlsIn } from '../wire/url-text.ts';
import { Tally, type Counted } from './tally.ts';

export interface Credential {
  readonly service: string;
  readonly user: string;
  /** Null for a login by other means than a password. */
  readonly password: string | null;
  /** `SHA256:…` of a public key. */
  readonly key: string | null;
  readonly accepted: boolean;
}

export interface DeliveredFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly how: string;
  readonly name: string | null;
}

export interface Weakness {
  /** The CVE, or the name of the signature where it has none. */
  readonly name: string;
  readonly technique: string;
}

export interface ReportedAddress {
  readonly url: string;
}

export interface ReportedCommand {
  readonly service: string;
  readonly input: string;
}

export interface Fingerprint {
  readonly kind: 'ja4' | 'hassh';
  readonly value: string;
}

export interface ReportView {
  readonly observations: number;
  readonly sources: number;
  /** Milliseconds since the epoch; null where nothing was seen. */
  readonly first: number | null;
  readonly last: number | null;
  readonly services: readonly Counted<string>[];
  readonly credentials: readonly Counted<Credential>[];
  readonly commands: readonly Counted<ReportedCommand>[];
  readonly files: readonly Counted<DeliveredFile>[];
  readonly addresses: readonly Counted<ReportedAddress>[];
  readonly weaknesses: readonly Counted<Weakness>[];
  readonly fingerprints: readonly Counted<Fingerprint>[];
  /** Sightings that found no room. */
  readonly leftOut: number;
}

/** Different things of one kind that are held. */
const held = 20_000;
const sourcesHeld = 1_000_000;
/** An attempt that only looks for a weakness says nothing of what its sender can do. */
const surelyAnAttempt = 0.5;

export class Report {
  readonly #sources = new Set<string>();
  readonly #services = new Tally<string>(held);
  readonly #credentials = new Tally<Credential>(held);
  readonly #commands = new Tally<ReportedCommand>(held);
  readonly #files = new Tally<DeliveredFile>(held);
  readonly #addresses = new Tally<ReportedAddress>(held);
  readonly #weaknesses = new Tally<Weakness>(held);
  readonly #fingerprints = new Tally<Fingerprint>(held);
  /** The last request's addresses: what is recognised in it names them again. */
  #requested: { readonly session: string; readonly urls: ReadonlySet<string> } = {
    session: '',
    urls: new Set(),
  };
  #observations = 0;
  #first: number | null = null;
  #last: number | null = null;

  add(observation: Observation): void {
    const { source, at, fingerprints } = observation;
    this.#observations += 1;
    if (this.#sources.size < sourcesHeld) this.#sources.add(source);
    if (this.#first === null || at < this.#first) this.#first = at;
    if (this.#last === null || at > this.#last) this.#last = at;
    for (const kind of ['ja4', 'hassh'] as const) {
      const value = fingerprints?.[kind];
      if (value !== undefined) this.#fingerprints.add(`${kind} ${value}`, source, () => ({ kind, value }));
    }
    switch (observation.kind) {
      case 'contact': {
        this.#services.add(observation.service, source, () => observation.service);
        return;
      }
      case 'auth': {
        // What a client asks before it tries anything.
        if (observation.method === 'none' && !observation.accepted) return;
        const { service, user, accepted, password = null, keyFingerprint: key = null } = observation;
        this.#credentials.add(JSON.stringify([service, user, password, key, accepted]), source, () => ({
          service,
          user,
          password,
          key,
          accepted,
        }));
        return;
      }
      case 'login': {
        const { service, user, outcome } = observation;
        const accepted = outcome === 'success';
        this.#credentials.add(JSON.stringify([service, user, accepted]), source, () => ({
          service,
          user,
          password: null,
          key: null,
          accepted,
        }));
        return;
      }
      case 'command': {
        const { service, input, urls = [] } = observation;
        this.#commands.add(`${service} ${input}`, source, () => ({ service, input }));
        this.#note(source, urls.length > 0 ? urls : urlsIn(input));
        return;
      }
      case 'request': {
        const urls = urlsIn(`${decoded(observation.path)} ${decoded(observation.body)}`);
        this.#requested = { session: observation.session, urls: new Set(urls) };
        this.#note(source, urls);
        return;
      }
      case 'exploit': {
        const { cves, name, technique, confidence = 1 } = observation;
        if (confidence < surelyAnAttempt) return;
        for (const each of cves.length > 0 ? cves : [name])
          this.#weaknesses.add(each, source, () => ({ name: each, technique }));
        const { session, urls } = this.#requested;
        const told = observation.session === session ? urls : new Set();
        this.#note(
          source,
          urlsIn(decoded(observation.detail)).filter((url) => !told.has(url)),
        );
        return;
      }
      case 'payload': {
        const { sha256, bytes, how, name = null, url } = observation;
        this.#files.add(sha256, source, () => ({ sha256, bytes, how, name }));
        if (url !== undefined) this.#note(source, [url]);
        return;
      }
      default:
    }
  }

  #note(source: string, urls: readonly string[]): void {
    for (const url of urls) this.#addresses.add(url, source, () => ({ url }));
  }

  /** The most frequent of each kind, at most `limit`. */
  view(limit: number): ReportView {
    const tallies = [
      this.#services,
      this.#credentials,
      this.#commands,
      this.#files,
      this.#addresses,
      this.#weaknesses,
      this.#fingerprints,
    ];
    return {
      observations: this.#observations,
      sources: this.#sources.size,
      first: this.#first,
      last: this.#last,
      services: this.#services.most(limit),
      credentials: this.#credentials.most(limit),
      commands: this.#commands.most(limit),
      files: this.#files.most(limit),
      addresses: this.#addresses.most(limit),
      weaknesses: this.#weaknesses.most(limit),
      fingerprints: this.#fingerprints.most(limit),
      leftOut: tallies.reduce((sum, tally) => sum + tally.leftOut, 0),
    };
  }
}

/** Percent-encoding undone where it is whole: an address in a query is often written so. */
function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

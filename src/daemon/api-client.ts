/** The command line's way to a running engine: its own HTTP API, with the key that `picket up` keeps for its user. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { PicketError } from '../core/errors.ts';
import type { Configuration } from './configuration.ts';
import type { LiveEvent } from './live-line.ts';

/** In the state folder; readable by whoever started Picket alone. */
export const localKeyFile = 'api-key';

/** A stream of the API in which no line is longer; a longer one ends it. */
const longestLine = 1024 * 1024;

export class ApiClient {
  readonly #base: string;
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    const { listen, port } = configuration.api;
    const host = listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen;
    this.#base = `http://${host.includes(':') ? `[${host}]` : host}:${port}/api/v1`;
  }

  /** The JSON answer. Throws PICKET_ENGINE_UNREACHABLE, or PICKET_API_REFUSED with the API's own words. */
  async call<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const response = await this.#fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) {
      // Of our own engine, and as its contract says.
      const answer: Answer = text === '' ? null : JSON.parse(text);
      return answer;
    }
    const value: unknown = text.startsWith('{') ? JSON.parse(text) : null;
    const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : null;
    const message =
      typeof error === 'object' && error !== null && 'message' in error
        ? String(error.message)
        : `HTTP ${response.status}`;
    throw new PicketError('PICKET_API_REFUSED', message);
  }

  /** Follows the live stream, and follows it again after a break, until aborted. */
  async follow(
    signal: AbortSignal,
    heard: (event: LiveEvent) => void,
    opened: () => void = () => {},
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const response = await this.#fetch('/observations/stream', {
          headers: { authorization: `Bearer ${this.#key()}` },
          signal,
        });
        if (response.ok && response.body !== null) {
          opened();
          await this.#read(response.body, heard);
        }
      } catch {
        // The engine is starting again, or the signal came; both are met by the loop.
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async #read(body: ReadableStream<Uint8Array>, heard: (event: LiveEvent) => void): Promise<void> {
    const decoder = new TextDecoder();
    let held = '';
    let event = '';
    for await (const bytes of body) {
      held += decoder.decode(bytes, { stream: true });
      const lines = held.split('\n');
      held = lines.pop() ?? '';
      if (held.length > longestLine) return;
      for (const line of lines) {
        if (line.startsWith('event: ')) event = line.slice(7);
        else if (line.startsWith('data: ')) {
          const live = liveEvent(event, line.slice(6));
          if (live !== null) heard(live);
        }
      }
    }
  }

  async #fetch(path: string, options: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#base}${path}`, options);
    } catch (error) {
      throw new PicketError(
        'PICKET_ENGINE_UNREACHABLE',
        `no engine answers at ${this.#base}; start it with picket up, or name its configuration with --config`,
        { cause: error },
      );
    }
  }

  #key(): string {
    const given = process.env['PICKET_API_KEY'];
    if (given !== undefined && given !== '') return given;
    const path = join(this.#configuration.state, localKeyFile);
    try {
      return readFileSync(path, 'utf8').trim();
    } catch (error) {
      throw new PicketError(
        'PICKET_API_REFUSED',
        `${path} can't be read; run as the user who started Picket, or set PICKET_API_KEY`,
        { cause: error },
      );
    }
  }
}

/** An event of our own engine's stream, as its contract says; null for others (heartbeats). */
function liveEvent(event: string, data: string): LiveEvent | null {
  if (event !== 'observation' && event !== 'decision') return null;
  const live: LiveEvent = JSON.parse(`{"type":"${event}","${event}":${data}}`);
  return live;
}

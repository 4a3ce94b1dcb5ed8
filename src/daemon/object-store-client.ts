/** Questions to an object store's S3 interface, signed or anonymous. It speaks to the one endpoint that it was given, and follows no redirection. */

import { PicketError } from '../core/errors.ts';
import { signedHeaders, type AwsKey } from '../wire/aws-signing.ts';
import { readXml, textAt, type XmlElement } from '../wire/xml-element.ts';

export interface ObjectStoreOptions {
  /** Scheme, host and port. */
  readonly endpoint: URL;
  readonly region: string;
  readonly key: AwsKey;
  readonly now: () => number;
}

export interface ObjectStoreAnswer {
  readonly status: number;
  readonly body: string;
  /** Null where the body is none. */
  readonly xml: XmlElement | null;
  /** The error's code; empty where there is none. */
  readonly code: string;
}

export interface ObjectStoreQuestion {
  readonly method: 'GET' | 'HEAD';
  /** Empty for the store itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly object?: string;
  /** As sent, without the question mark. */
  readonly query?: string;
  readonly isAnonymous?: boolean;
}

const longestWait = 20_000;
const largestBody = 16 * 1024 * 1024;

/** What signature and request both carry: the unreserved characters of RFC 3986 stay, slashes too. */
const escaped = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');

export class ObjectStoreClient {
  readonly #options: ObjectStoreOptions;

  constructor(options: ObjectStoreOptions) {
    this.#options = options;
  }

  /** Throws PICKET_OBJECT_STORE_UNREACHABLE where no answer comes. */
  async ask(question: ObjectStoreQuestion): Promise<ObjectStoreAnswer> {
    const { endpoint, region, key, now } = this.#options;
    const { method, bucket, object = '', query = '', isAnonymous = false } = question;
    const rawPath = `/${bucket}${object === '' ? '' : `/${escaped(object)}`}`;
    const request = {
      method,
      rawPath,
      rawQuery: query,
      headers: [['host', endpoint.host]] as const,
      body: '',
    };
    const headers = isAnonymous ? [] : signedHeaders(request, key, region, now());
    try {
      const response = await fetch(`${endpoint.origin}${rawPath}${query === '' ? '' : `?${query}`}`, {
        method,
        redirect: 'manual',
        headers: Object.fromEntries(headers.filter(([name]) => name !== 'host')),
        signal: AbortSignal.timeout(longestWait),
      });
      const body = await bodyOf(response);
      const xml = readXml(body);
      return {
        status: response.status,
        body,
        xml,
        code: xml?.name === 'Error' ? textAt(xml, 'Code') : '',
      };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message || cause.name : String(cause);
      throw new PicketError(
        'PICKET_OBJECT_STORE_UNREACHABLE',
        `${endpoint.origin}: no answer from the object store (${why}); check the endpoint`,
        { cause: error },
      );
    }
  }
}

async function bodyOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const pieces: Uint8Array[] = [];
  let held = 0;
  for await (const piece of response.body) {
    held += piece.length;
    if (held > largestBody) throw new Error('an answer of more than 16 MiB');
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

/** Buckets and objects as one source finds them, with what it has put there itself. Bounded. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Persona } from '../../core/persona.ts';
import { below } from '../../core/random.ts';
import { plantedAwsKey, plantedHexToken, plantedPassword } from '../../wire/planted-credential.ts';
import { flavourOf } from './flavour.ts';

const sourceLimit = 64;
const bucketLimit = 32;
const objectLimit = 256;
/** Octets that a source may put, and all of them together; the source unseen for longest is forgotten. */
const writtenLimit = 16_777_216;
const allWrittenLimit = 134_217_728;

export interface StoredObject {
  readonly key: string;
  /** Latin-1. */
  readonly body: string;
  /** MD5 in hex; with the number of parts behind it where it was put in parts. */
  readonly etag: string;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

export interface Bucket {
  readonly name: string;
  readonly created: number;
  /** What everybody may do. */
  readonly anonymous: 'nothing' | 'read' | 'read-write';
  readonly objects: Map<string, StoredObject>;
  /** Subresources that were put: policy, tagging, acl and so on, as sent. */
  readonly settings: Map<string, string>;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly type: string;
  readonly started: number;
  readonly parts: Map<number, { body: string; etag: string; modified: number }>;
}

export interface Store {
  readonly buckets: Map<string, Bucket>;
  readonly uploads: Map<string, Upload>;
  written: number;
}

export const md5 = (latin1: string): string =>
  createHash('md5').update(Buffer.from(latin1, 'latin1')).digest('hex');

const stores = new WeakMap<Persona, Map<string, Store>>();

export function storeFor(persona: Persona, source: string): Store {
  const known = stores.get(persona) ?? new Map<string, Store>();
  stores.set(persona, known);
  const store = known.get(source) ?? filled(persona, source);
  known.delete(source);
  known.set(source, store);
  let written = 0;
  for (const each of known.values()) written += each.written;
  for (const [name, oldest] of known) {
    if ((known.size <= sourceLimit && written <= allWrittenLimit) || oldest === store) break;
    written -= oldest.written;
    known.delete(name);
  }
  return store;
}

function filled(persona: Persona, source: string): Store {
  const { project, region } = flavourOf(persona);
  const random = persona.random('s3 objects');
  const day = 86_400_000;
  const store: Store = { buckets: new Map(), uploads: new Map(), written: 0 };
  const add = (name: string, anonymous: Bucket['anonymous'], age: number): Bucket => {
    const bucket: Bucket = {
      name,
      created: persona.bootedAt - age * day,
      anonymous,
      objects: new Map(),
      settings: new Map(),
    };
    store.buckets.set(name, bucket);
    return bucket;
  };
  const put = (bucket: Bucket, key: string, body: string, type = 'binary/octet-stream'): void => {
    const modified = persona.bootedAt - below(random, 300) * day - below(random, day);
    bucket.objects.set(key, { key, body, etag: md5(body), type, modified, metadata: [] });
  };
  const key = plantedAwsKey(persona, 'a bucket object', source);
  const password = plantedPassword(persona, 'a bucket object', source);
  const names = persona.software['s3']?.details?.['buckets']?.split(',').map((name) => name.trim()) ?? [];
  const [
    assets = `${project}-assets`,
    backups = `${project}-backups`,
    state = `${project}-terraform-state`,
    uploads = `${project}-uploads`,
  ] = names;

  const pages = add(assets, 'read', 700);
  put(
    pages,
    'css/main.css',
    `body{margin:0;font:16px/1.5 sans-serif;color:#${below(random, 0xffffff).toString(16).padStart(6, '0')}}\n`,
    'text/css',
  );
  put(
    pages,
    'js/config.js',
    `window.API="https://api.${project.replace(/-\w+$/, '')}.io/v${1 + below(random, 3)}";\n`,
    'application/javascript',
  );
  put(pages, 'robots.txt', 'User-agent: *\nDisallow: /\n', 'text/plain');

  const dumps = add(backups, 'read', 620);
  const users = Array.from(
    { length: 12 },
    (_, index) =>
      `(${index + 1},'user${100 + below(random, 900)}@example.com','$2y$10$${md5(`${project}${index}`)}')`,
  );
  put(
    dumps,
    `db/${project}-full.sql`,
    `-- MySQL dump 10.13  Distrib 8.0.3${below(random, 9)}, for Linux (x86_64)\n--\n-- Host: localhost    Database: app\n-- ------------------------------------------------------\nDROP TABLE IF EXISTS \`users\`;\nCREATE TABLE \`users\` (\n  \`id\` int NOT NULL AUTO_INCREMENT,\n  \`email\` varchar(190) NOT NULL,\n  \`password\` varchar(100) NOT NULL,\n  PRIMARY KEY (\`id\`)\n) ENGINE=InnoDB;\nINSERT INTO \`users\` VALUES ${users.join(',')};\n`,
    'application/sql',
  );
  put(
    dumps,
    'config/.env.production',
    `APP_ENV=production\nDB_HOST=10.0.${below(random, 250)}.${below(random, 250)}\nDB_USERNAME=app\nDB_PASSWORD=${password}\nAWS_ACCESS_KEY_ID=${key.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${key.secretAccessKey}\nAWS_DEFAULT_REGION=${region}\n`,
  );

  const terraform = add(state, 'nothing', 500);
  put(
    terraform,
    'prod/terraform.tfstate',
    `${JSON.stringify(
      {
        version: 4,
        terraform_version: '1.5.7',
        serial: 20 + below(random, 400),
        outputs: {
          db_password: { value: password, type: 'string', sensitive: true },
          api_token: { value: plantedHexToken(persona, 'a bucket object', source), type: 'string' },
        },
        resources: [],
      },
      null,
      2,
    )}\n`,
    'application/json',
  );
  const open = add(uploads, 'read-write', 300);
  put(open, 'README.txt', 'Drop partner files here. Cleaned weekly.\n', 'text/plain');
  return store;
}

/** True where there is room for this many octets more, which then are taken. */
export function takeRoom(store: Store, octets: number): boolean {
  if (store.written + octets > writtenLimit) return false;
  store.written += octets;
  return true;
}

/** False where there is no room. */
export function putObject(store: Store, bucket: Bucket, object: StoredObject): boolean {
  const isNew = !bucket.objects.has(object.key);
  const beside = object.metadata.reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    object.key.length,
  );
  if ((isNew && bucket.objects.size >= objectLimit) || !takeRoom(store, object.body.length + beside))
    return false;
  bucket.objects.set(object.key, object);
  return true;
}

export function addBucket(store: Store, name: string, now: number): Bucket | null {
  if (store.buckets.size >= bucketLimit) return null;
  const bucket: Bucket = {
    name,
    created: now,
    anonymous: 'nothing',
    objects: new Map(),
    settings: new Map(),
  };
  store.buckets.set(name, bucket);
  return bucket;
}

/** False where there are too many, or no room. */
export function addPart(store: Store, upload: Upload, number: number, body: string, now: number): boolean {
  if (store.written + body.length > writtenLimit || upload.parts.size >= 1_000) return false;
  store.written += body.length;
  upload.parts.set(number, { body, etag: md5(body), modified: now });
  return true;
}

export function addUpload(store: Store, id: string, upload: Omit<Upload, 'parts'>): boolean {
  if (store.uploads.size >= 64) return false;
  store.uploads.set(id, { ...upload, parts: new Map() });
  return true;
}

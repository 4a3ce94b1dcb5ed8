/** What is checked of every page: its links, the paths that it names, and the error codes. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCodes } from '../../src/core/errors.ts';

export interface Page {
  /** Path from the top of the checkout. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly text: string;
}

const withoutFences = (text: string): string =>
  text.replaceAll(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2[^\n]*$/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
  const headings = [...withoutFences(text).matchAll(/^#{1,6} +(.+?) *$/gm)];
  return new Set(
    headings.map((heading) =>
      (heading[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function checkLink(page: Page, link: string): string | null {
  if (/^[a-z]+:/.test(link)) return null;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? null : resolve(page.folder, path);
  if (target !== null && !existsSync(target)) return `${page.name}: the link ${link} leads nowhere`;
  if (anchor === undefined) return null;
  const text = target === null ? page.text : statSync(target).isFile() ? readFileSync(target, 'utf8') : '';
  return anchors(text).has(anchor) ? null : `${page.name}: the link ${link} names no heading`;
}

/** One line for each link that leads nowhere, and for each path in `code` that does not exist. */
export function checkPage(root: string, page: Page): string[] {
  const text = withoutFences(page.text);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => checkLink(page, match[1] ?? ''));
  const named = [...text.matchAll(/`((?:src|test|bench|scripts|docs|bin|\.ci)\/[\w./-]+)`/g)];
  const paths = named
    .map((match) => match[1] ?? '')
    .filter((path) => !path.includes('NNNN') && !existsSync(join(root, path)))
    .map((path) => `${page.name}: there is no ${path}`);
  return [...links.filter((fault) => fault !== null), ...paths];
}

/** One line for each code that docs/errors.md lacks, and for each heading there that is no code. */
export function checkErrorCodes(text: string): string[] {
  const explained = [...text.matchAll(/^## `([A-Z_]+)`$/gm)].map((match) => match[1] ?? '');
  const codes = new Set<string>(errorCodes);
  return [
    ...errorCodes
      .filter((code) => !explained.includes(code))
      .map((code) => `docs/errors.md does not explain ${code}`),
    ...explained
      .filter((code) => !codes.has(code))
      .map((code) => `docs/errors.md explains ${code}, which is no error code`),
  ];
}

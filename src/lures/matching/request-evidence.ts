/**
 * What a lure's request tells of its sender. A page that everybody asks for tells nothing, whatever templates ask for it too: such a
 * request is answered and is no evidence. An attack by its form (the generic signatures see one) is evidence, and so is a request
 * that nobody sends who does not mean this very product.
 */

import { classifyRequest } from '../../signatures/classify.ts';
import type { WebRequest } from '../../signatures/request.ts';
import type { RequestPattern } from './request-pattern.ts';

/** Words of paths and parameters that many products share. */
const common = new Set(
  'index home login logon signin logout register user users admin administrator api rest v1 v2 v3 public static assets js css img images wp wp-login wp-admin wp-content wp-json wp-includes plugins themes uploads admin-ajax php html htm asp aspx jsp do action cgi cgi-bin web www main default search page pages id name file path action log pwd password username pass submit wp-submit testcookie redirect_to rememberme csrf token nonce _wpnonce email lang locale option view controller task module status health version info test readme txt xml json favicon ico robots sitemap app portal ui console dashboard auth oauth session account profile settings config post get edit admin-post'.split(
    ' ',
  ),
);

const asset =
  /\.(?:css|js|mjs|png|gif|jpe?g|svg|ico|woff2?|ttf|map|txt|md|html?|xml|json)$|\/(?:readme|license|changelog)(?:\.\w+)?$/i;

const wordsOf = (text: string): string[] => text.split(/[^A-Za-z0-9_-]+/).filter((word) => word !== '');

/** Letters of the words that are this product's own. */
const ownLetters = (text: string): number =>
  wordsOf(text)
    .filter((word) => !common.has(word.toLowerCase()) && !/^\d+$/.test(word))
    .reduce((sum, word) => sum + word.length, 0);

/** Fields of every login and form, whose values are the visitor's. */
const ordinary =
  /^(?:log|pwd|user(?:_?name|_login)?|pass(?:word|wd)?|login|e?mail|submit|wp-submit|btn\w*|testcookie|redirect_to|rememberme|csrf\w*|_?token|_wpnonce|nonce|lang|action|page)$/i;

/** Letters of the product's own in parameters. */
const pairLetters = (text: string): number =>
  text
    .split('&', 256)
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return ownLetters(name) + (ordinary.test(name) || equals < 0 ? 0 : ownLetters(pair.slice(equals + 1)));
    })
    .reduce((sum, letters) => sum + letters, 0);

/** Pages that browsers, crawlers and people ask for everywhere. */
const universal =
  /^\/(?:favicon|apple-touch-icon|robots\.txt|sitemap|humans\.txt|ads\.txt|\.well-known\/|manifest\.json|browserconfig|crossdomain|wp-(?:login|admin)|xmlrpc|login|admin\/?$|index\.\w+$)/i;

/** Below what the detectors call telling. */
export const searching = 0.4;

/** 0 for no evidence, else how sure (as in `SignatureMatch.confidence`). `sample` is the request as one scanner sends it. */
export function evidenceOf(pattern: RequestPattern, sample: WebRequest): number {
  const surest = classifyRequest(sample).reduce((best, match) => Math.max(best, match.confidence), 0);
  if (surest >= 0.7) return 0.95;
  const [path = '', query = ''] = sample.path.split('?', 2);
  const isPlain =
    pattern.query.length + pattern.form.length + pattern.cookies.length + pattern.headers.length === 0 &&
    pattern.body === null;
  const letters = ownLetters(path);
  if (isPlain) {
    if (sample.method !== 'GET' && sample.method !== 'HEAD' && sample.method !== 'POST')
      return letters >= 8 ? 0.7 : 0;
    if (!pattern.path.isLiteral && pattern.path.weight < 12) return 0;
    const segments = path.split('/').filter((segment) => segment !== '').length;
    if (segments >= 2 && letters >= 10 && !asset.test(path)) return 0.7;
    // Only a search for the product: too little to be held against a visitor of a real site.
    return letters >= 3 && !universal.test(path) ? searching : 0;
  }
  const beyond =
    pairLetters(query) +
    (pattern.form.length > 0 ? pairLetters(sample.body) : ownLetters(sample.body)) +
    pattern.headers.reduce((sum, [name, value]) => sum + ownLetters(name) + value.weight, 0);
  const total = letters + beyond;
  if (total < 12) {
    if (surest >= 0.5) return 0.7;
    return total >= 3 && !universal.test(path) ? searching : 0;
  }
  return total >= 24 ? 0.85 : 0.7;
}

/** Addresses of downloads in text that attackers send. */

const schemes = /(?:https?|ftp|tftp):\/\/[^\s"'`|;&<>(){}\\]{1,512}/gi;

/**
 * The addresses in a text, each once, at most so many. Linear: a literal scheme, then one class of characters of bounded
 * number. `curl -O host/file` without a scheme is found too, as http.
 */
export function urlsIn(text: string, limit = 8): string[] {
  const found = new Set<string>();
  if (text.includes('://')) {
    for (const match of text.matchAll(schemes)) {
      found.add(match[0]);
      if (found.size >= limit) break;
    }
  }
  if (found.size === 0 && /wget|curl/.test(text)) {
    const bare =
      /(?:wget|curl)\s(?:-\S{1,40}\s){0,4}(\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\/[^\s"'`|;&<>]{0,256})/g;
    for (const match of text.matchAll(bare)) {
      found.add(`http://${match[1] ?? ''}`);
      if (found.size >= limit) break;
    }
  }
  return [...found];
}

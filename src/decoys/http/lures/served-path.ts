/** Where a file that an exploit wrote is called. */

/** The path on the site of a file below a folder of web applications; null for a place that is not served. */
export function servedPath(place: string): string | null {
  const path = place.replaceAll('\\', '/').slice(0, 512);
  const below = /(?:^|\/)webapps\/(?:ROOT\/)?([\w./-]{1,256})$/i.exec(path)?.[1];
  return below === undefined ? null : `/${below}`;
}

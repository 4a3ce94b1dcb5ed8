/** Where the client asks the server to connect. */

interface Target {
  readonly address: string;
  readonly port: number;
}

/** `h1,h2,h3,h4,p1,p2`, each an octet. */
export function portTarget(text: string): Target | null {
  const octets = text.split(',').map((part) => (/^\d{1,3}$/.test(part.trim()) ? Number(part) : 256));
  if (octets.length !== 6 || octets.some((octet) => octet > 255)) return null;
  const [high = 0, low = 0] = octets.slice(4);
  return { address: octets.slice(0, 4).join('.'), port: high * 256 + low };
}

/** `|1|192.0.2.1|6275|`, with any character for the bar. */
export function extendedTarget(text: string): Target | null {
  const [, family, address, port] = text.split(text.slice(0, 1));
  if ((family !== '1' && family !== '2') || address === undefined || !/^\d{1,5}$/.test(port ?? ''))
    return null;
  return { address, port: Number(port) };
}

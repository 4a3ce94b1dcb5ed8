/** What a shell tells the decoy that runs it. */
export type ShellEvent =
  | { readonly say: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  /** A line was given to the shell; addresses that its commands would fetch from or connect to. */
  | { readonly say: 'command'; readonly input: string; readonly urls: readonly string[] }
  /** Bytes that the visitor made into a file (echo, printf, dd, here-document, upload). */
  | { readonly say: 'capture'; readonly bytes: Uint8Array; readonly how: string; readonly name: string }
  | { readonly say: 'pause'; readonly milliseconds: number }
  | { readonly say: 'exit'; readonly status: number };

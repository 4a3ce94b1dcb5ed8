/** Contacts a second: connect, banner, client bytes, recorded durably; beside a bare C epoll server and a bare Node server. */

import type { Benchmark } from './benchmark.ts';

export const contact: Benchmark = {
  name: 'contact',
  summary: 'contacts a second with durable recording, beside a bare C epoll server and a bare Node server',
  run: () => Promise.reject(new Error('the contact benchmark is being written')),
};

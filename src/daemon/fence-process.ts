/** The fence's process: CAP_NET_ADMIN and nothing else, takes orders from the engine alone. */

import process from 'node:process';
import { LinkClient, type LinkPeer } from '../bus/link.ts';
import type { FenceOrder } from '../bus/messages.ts';
import { systemClock } from '../core/clock.ts';
import { createDryRun } from '../enforcers/dry-run/dry-run.ts';
import { createNftables } from '../enforcers/nftables/nftables.ts';
import { Fence } from '../fence/fence.ts';
import type { Configuration } from './configuration-type.ts';
import { log } from './log.ts';
import { dropPrivileges } from './privileges.ts';
import { takePriority } from './priority.ts';
import type { Running } from './role.ts';
import { stateFolders } from './state-folder.ts';

function isOrder(value: unknown): value is FenceOrder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    (value.type === 'replace' || value.type === 'change')
  );
}

export function runFence(configuration: Configuration): Running {
  const say = log('fence');
  const enforce = configuration.mode === 'enforce';
  takePriority('fence');
  if (process.getuid?.() === 0) {
    const uid = configuration.processes.fenceUid;
    dropPrivileges({ uid, gid: uid, networkAdmin: true });
  }
  let peer: LinkPeer | null = null;
  const fence = new Fence({
    enforcers: enforce ? [createNftables({ table: configuration.fence.table })] : [createDryRun()],
    mode: configuration.mode,
    clock: systemClock,
    onDrops: (drops) => peer?.send({ type: 'drops', drops }),
    onCoverage: (status) => peer?.send({ type: 'status', status }),
    report: (_level, message) => say(message),
  });
  fence.start();
  const link = new LinkClient(stateFolders(configuration).fenceLink, {
    opened(opened): void {
      peer = opened;
      opened.send({ type: 'status', status: fence.status() });
    },
    received(_peer, value): void {
      if (!isOrder(value)) return;
      if (value.type === 'replace') fence.replace(value.rules);
      else fence.change({ add: value.add, remove: value.remove });
    },
    // What stands stays: the blocks have their own timeouts, and the engine says again what it wants when it is back.
    closed(): void {
      peer = null;
    },
  });
  link.start();
  const status = setInterval(() => peer?.send({ type: 'status', status: fence.status() }), 5000);
  return {
    stop(): Promise<void> {
      clearInterval(status);
      link.stop();
      fence.stop();
      return Promise.resolve();
    },
  };
}

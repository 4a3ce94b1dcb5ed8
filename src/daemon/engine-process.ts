/** The engine's process: detectors, decisions, API. Unprivileged; parses only records with a checked schema. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { preloadApi } from '../api/preload.ts';
import { startApi } from '../api/server.ts';
import { LinkServer, type LinkEvents } from '../bus/link.ts';
import { systemClock } from '../core/clock.ts';
import { ClickHouseStore } from '../store/clickhouse-store.ts';
import { DecisionLog } from '../store/decision-log.ts';
import type { EventStore } from '../store/event-store.ts';
import { RemoteStore } from '../store/remote.ts';
import type { Configuration } from './configuration-type.ts';
import { detectorsOf } from './detectors-of.ts';
import { EngineView } from './engine-api.ts';
import { Engine } from './engine.ts';
import { log } from './log.ts';
import { LureFolder, lureFolders } from './lure-folder.ts';
import { systemResolver } from './system-resolver.ts';
import { allowedBy, benignEntries, networksOf, policyOf, sharedEntries } from './policy-of.ts';
import { dropPrivileges } from './privileges.ts';
import { takePriority } from './priority.ts';
import type { Running } from './role.ts';
import { RuleFolder } from './rule-files.ts';
import { stateFolders } from './state-folder.ts';
import { readTlsFiles } from './tls-files.ts';
import { version } from './version.ts';
import { warmPipeline } from './warm-pipeline.ts';

async function openStore(configuration: Configuration, socket: string): Promise<EventStore | null> {
  if (configuration.store.engine === 'none') return null;
  if (configuration.store.engine === 'chdb') return new RemoteStore(socket);
  return ClickHouseStore.open({ engine: { url: configuration.store.url } });
}

export async function runEngine(configuration: Configuration): Promise<Running> {
  const folders = stateFolders(configuration);
  const say = log('engine');
  // Files that a person named are read before the process loses the right to.
  const benign = benignEntries(configuration);
  const detectors = detectorsOf(configuration);
  const tls = readTlsFiles(configuration.api.tls, 'api.tls');
  await preloadApi();
  takePriority('engine');
  if (process.getuid?.() === 0) {
    const uid = configuration.processes.engineUid;
    dropPrivileges({ uid, gid: uid, networkAdmin: false });
  }
  const logFile = join(folders.engine, 'decisions.db');
  const isFirstStart = !existsSync(logFile);
  const decisionLog = new DecisionLog(logFile);
  const localKey = process.env['PICKET_LOCAL_KEY'] ?? '';
  delete process.env['PICKET_LOCAL_KEY'];
  if (localKey !== '') keepLocalKey(decisionLog, localKey);
  const store = await openStore(configuration, folders.storeLink);
  const engine = new Engine({
    clock: systemClock,
    policy: policyOf(configuration),
    own: networksOf(configuration.guards.own),
    lab: networksOf(configuration.guards.lab),
    allow: allowedBy(configuration),
    benign,
    detectors,
    shared: sharedEntries(configuration),
    resolver: configuration.guards.crawlers ? systemResolver() : null,
    decisionLog,
    isFirstStart,
    store,
    log: say,
  });
  const fenceLink = new LinkServer(folders.fenceLink, {
    opened: (peer) => engine.fenceDesk.opened(peer),
    received: (peer, value) => engine.fenceDesk.received(peer, value),
    closed: (peer) => engine.fenceDesk.closed(peer),
  });
  const sensorEvents: LinkEvents = {
    opened: (peer) => engine.sensorDesk.opened(peer),
    received: (peer, value) => engine.sensorDesk.received(peer, value),
    closed: (peer, error) => engine.sensorDesk.closed(peer, error),
  };
  const sensorLink = new LinkServer(folders.sensorLink, sensorEvents);
  // Telemetry speaks as a sensor does, at a door of its own: neither process can enter the other's folder.
  const telemetryLink = new LinkServer(folders.telemetryLink, sensorEvents);
  const view = new EngineView({ configuration, engine, decisionLog, store, now: () => systemClock.now() });
  warmPipeline();
  // Ahead of the scores of the last day, which rules had their part in.
  const rules = new RuleFolder({
    folders: configuration.detectors.rules,
    log: say,
    use: (all) => engine.pipeline.runner.useRules(all),
  });
  await rules.start();
  await engine.restore();
  // Not before: what was decided in the past must not overtake what a person decides now.
  const api = await startApi(view, decisionLog, {
    version,
    address: configuration.api.listen,
    port: configuration.api.port,
    log: say,
    ...(tls === null ? {} : { tls }),
  });
  engine.start();
  await fenceLink.start();
  await sensorLink.start();
  await telemetryLink.start();
  const lures = new LureFolder({ folders: lureFolders(configuration), log: say });
  void lures.start();
  return {
    async stop(): Promise<void> {
      lures.stop();
      rules.stop();
      await sensorLink.stop();
      await telemetryLink.stop();
      await api.stop();
      await engine.stop();
      await fenceLink.stop();
      await store?.close();
      decisionLog.close();
    },
  };
}

/** The key that the supervisor made for its user's command line takes the place of an older one. */
function keepLocalKey(decisionLog: DecisionLog, key: string): void {
  const hash = createHash('sha256').update(key).digest('hex');
  const known = decisionLog.keys().find((row) => row.name === 'local');
  if (known?.hash === hash) return;
  if (known !== undefined) decisionLog.revokeKey('local');
  decisionLog.addKey({ name: 'local', hash, scopes: ['admin'], at: Date.now() });
}

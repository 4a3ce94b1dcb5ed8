/** Everything that moves in a sensor, counted since its start. */

export interface SensorCounters {
  connections: number;
  connectionsOpen: number;
  connectionsEvicted: number;
  connectionsIdle: number;
  connectionsOverTime: number;
  connectionsOverBytes: number;
  connectionsUnread: number;
  bytesReceived: number;
  bytesSent: number;
  observations: number;
  contacts: number;
  tlsUnwrapped: number;
  tlsFailed: number;
  decoyErrors: number;
  listenerErrors: number;
  datagrams: number;
  datagramsDropped: number;
  datagramReplies: number;
  datagramRepliesWithheld: number;
  spoofableUnrecorded: number;
  payloads: number;
  payloadsNotStored: number;
  recordings: number;
  recordingsCut: number;
  recordingsPruned: number;
  probes: number;
  probesLost: number;
  probesUnreadable: number;
  probesUnreported: number;
  pathsProved: number;
}

export function newCounters(): SensorCounters {
  return {
    connections: 0,
    connectionsOpen: 0,
    connectionsEvicted: 0,
    connectionsIdle: 0,
    connectionsOverTime: 0,
    connectionsOverBytes: 0,
    connectionsUnread: 0,
    bytesReceived: 0,
    bytesSent: 0,
    observations: 0,
    contacts: 0,
    tlsUnwrapped: 0,
    tlsFailed: 0,
    decoyErrors: 0,
    listenerErrors: 0,
    datagrams: 0,
    datagramsDropped: 0,
    datagramReplies: 0,
    datagramRepliesWithheld: 0,
    spoofableUnrecorded: 0,
    payloads: 0,
    payloadsNotStored: 0,
    recordings: 0,
    recordingsCut: 0,
    recordingsPruned: 0,
    probes: 0,
    probesLost: 0,
    probesUnreadable: 0,
    probesUnreported: 0,
    pathsProved: 0,
  };
}

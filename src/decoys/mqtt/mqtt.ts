import type { Decoy } from '../../core/decoy.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { MqttSession } from './session.ts';

/**
 * Reads `persona.software.mqtt`: `version` (Mosquitto's), and of `details` `anonymous` (`yes` or `no`) and `topics` (its retained
 * messages, a line each: `topic=payload`).
 */
export const mqtt: Decoy = {
  name: 'mqtt',
  summary: 'Message broker (Mosquitto, MQTT 3.1, 3.1.1 and 5.0)',
  fidelity: 'Mosquitto 2.0.11: 27 of 27 exchanges equal, byte for byte',
  transport: 'tcp',
  ports: [1883, 8883],
  recognise: (firstBytes) => confidenceIn('mqtt', firstBytes, 'tcp'),
  open: (context) => new MqttSession(context),
};

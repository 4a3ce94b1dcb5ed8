import type { Decoy } from '../../core/decoy.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';
import { RtspSession } from './session.ts';

/**
 * Reads `persona.software.rtsp`: `product` `Hikvision`, `Dahua` or another's name; of `details` `server` (the Server header) and
 * `realm`. After PLAY there is no picture: over TCP none is sent, and over UDP a decoy sends nothing that is not an answer.
 */
export const rtsp: Decoy = {
  name: 'rtsp',
  summary: 'Video stream of a camera (RTSP 1.0, Hikvision and Dahua paths)',
  transport: 'tcp',
  ports: [554, 8554, 10554],
  recognise: (firstBytes) => confidenceIn('rtsp', firstBytes, 'tcp'),
  open: (context) => new RtspSession(context),
};

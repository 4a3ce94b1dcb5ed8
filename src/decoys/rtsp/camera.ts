/** The camera behind the protocol: make, paths, realm and parameters of its picture. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick } from '../../core/random.ts';

export interface Camera {
  readonly make: 'hikvision' | 'dahua' | 'generic';
  /** Value of the Server header; empty for none. */
  readonly server: string;
  readonly realm: string;
  readonly methods: string;
  /** Which authentications a challenge offers, in order. */
  readonly schemes: readonly ('Digest' | 'Basic')[];
  readonly parameterSets: string;
  readonly profile: string;
}

/** Sequence and picture parameter sets of H.264 at usual sizes, as SDP carries them (RFC 6184 §8.1). */
type Picture = readonly [profile: string, parameterSets: string];

const pictures: readonly [Picture, ...Picture[]] = [
  ['420029', 'Z0IAKZWoHgCJ+VA=,aM48gA=='],
  ['4D0029', 'Z00AKZpkA8ARPyzUBAQFAAADA+gAAMNQBA==,aO48gA=='],
  ['64001F', 'Z2QAH6wsaoFAFum4CAgIEA==,aO4xshs='],
  ['4D001F', 'Z00AH5WoFAFuQA==,aO48gA=='],
];

function makeCamera(persona: Persona): Camera {
  const random = persona.random('rtsp');
  const software = persona.software['rtsp'];
  const drawn = pick(random, ['hikvision', 'dahua', 'dahua', 'generic'] as const);
  const asked = (
    software?.product ?? (persona.http?.products.includes('hikvision') === true ? 'hikvision' : '')
  ).toLowerCase();
  const make =
    asked === ''
      ? drawn
      : asked.includes('hik')
        ? 'hikvision'
        : asked.includes('dahua')
          ? 'dahua'
          : 'generic';
  const [profile, parameterSets] = pick(random, pictures);
  const serial = hexDigits(random, 32);
  const known = {
    hikvision: {
      server: '',
      realm: `IP Camera(${String.fromCharCode(65 + below(random, 26))}${below(random, 9_000) + 1_000})`,
      schemes: ['Digest', 'Basic'],
    },
    dahua: { server: 'Rtsp Server/3.0', realm: `Login to ${serial}`, schemes: ['Digest'] },
    generic: {
      server: pick(random, [
        'GStreamer RTSP server',
        'Hipcam RealServer/V1.0',
        'H264DVR 1.0',
        'Rtsp Server/2.0',
      ]),
      realm: pick(random, ['Streaming Server', 'Hipcam', 'Surveillance Server', 'iPolis']),
      schemes: ['Basic'],
    },
  } as const;
  const { server, realm, schemes } = known[make];
  return {
    make,
    server: software?.details?.['server'] ?? server,
    realm: software?.details?.['realm'] ?? realm,
    schemes,
    methods:
      make === 'dahua'
        ? 'OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, PAUSE, TEARDOWN, SET_PARAMETER, GET_PARAMETER'
        : make === 'hikvision'
          ? 'OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER'
          : 'OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE',
    parameterSets,
    profile,
  };
}

const cameras = new WeakMap<Persona, Camera>();

export function cameraOf(persona: Persona): Camera {
  const known = cameras.get(persona);
  if (known !== undefined) return known;
  const camera = makeCamera(persona);
  cameras.set(persona, camera);
  return camera;
}

/** Whether there is a picture at this path, given in lower case with its query. */
export function hasStream(camera: Camera, path: string): boolean {
  if (camera.make === 'hikvision') {
    return /^\/(?:isapi\/)?streaming\/channels\/[1-9]\d{0,2}|^\/h26[45]\/ch\d{1,2}\/(?:main|sub)\/av_stream|^\/mpeg4\/ch\d{1,2}\/|^\/(?:live|$)/.test(
      path,
    );
  }
  if (camera.make === 'dahua') return /^\/cam\/(?:realmonitor|playback)|^\/live|^\/?$/.test(path);
  return /^\/(?:$|live|1[12]\b|h264|stream|onvif|media|video|ch\d|cam|user=|av\d|0$|1$)/.test(path);
}

/** RFC 4566: what DESCRIBE answers. */
export function sessionDescription(camera: Camera, address: string, base: string, session: number): string {
  const track = camera.make === 'hikvision' ? `${base}trackID=1` : 'trackID=0';
  const name =
    camera.make === 'hikvision'
      ? 'Media Presentation'
      : camera.make === 'dahua'
        ? 'Media Server'
        : 'Session streamed by server';
  return [
    'v=0',
    `o=- ${session} ${session} IN IP4 ${address}`,
    `s=${name}`,
    ...(camera.make === 'hikvision' ? ['e=NONE', 'b=AS:5050'] : ['c=IN IP4 0.0.0.0']),
    't=0 0',
    ...(camera.make === 'hikvision'
      ? [`a=control:${base}`]
      : [
          'a=control:*',
          ...(camera.make === 'dahua' ? ['a=packetization-supported:DH', 'a=rtppayload-supported:DH'] : []),
          'a=range:npt=now-',
        ]),
    'm=video 0 RTP/AVP 96',
    ...(camera.make === 'hikvision'
      ? ['c=IN IP4 0.0.0.0', 'b=AS:5000', 'a=recvonly', 'a=x-dimensions:1920,1080']
      : []),
    `a=control:${track}`,
    'a=rtpmap:96 H264/90000',
    `a=fmtp:96 packetization-mode=1;profile-level-id=${camera.profile};sprop-parameter-sets=${camera.parameterSets}`,
    ...(camera.make === 'dahua' ? ['a=framerate:25.000000', 'a=recvonly'] : []),
    '',
  ].join('\r\n');
}

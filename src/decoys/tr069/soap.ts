/** Actions of TR-064, which some routers answer on the port of TR-069 to anybody. */

import type { Device } from './device.ts';

export interface Action {
  readonly service: string;
  readonly name: string;
  /** In order, with their entities resolved. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const resolve = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '');

/** `SOAPAction: urn:dslforum-org:service:Time:1#SetNTPServers`, and the elements `<New…>value</New…>` of the body; null where there is no action. */
export function readAction(header: string, body: string): Action | null {
  const named =
    /urn:[\w.-]{1,64}:service:([\w-]{1,64}):\d{1,2}#(\w{1,64})/.exec(header) ??
    /urn:[\w.-]{1,64}:service:([\w-]{1,64}):\d{1,2}"?[^<]{0,64}/.exec(body);
  const fromBody =
    /<(?:\w{1,16}:)?(\w{1,64}) [^>]{0,16}xmlns:\w{1,16}="urn:/.exec(body.slice(0, 4_096))?.[1] ?? '';
  if (named === null) return null;
  const values: [string, string][] = [];
  // Each opening is looked at once, up to its own end or the next opening of the same kind.
  for (const match of body
    .slice(0, 65_536)
    .matchAll(/<((?:New|VarName|Value|ParameterName)\w{0,64})(?: [^>]{0,256})?>/g)) {
    if (values.length >= 64) break;
    const name = match[1] ?? '';
    const start = match.index + match[0].length;
    const end = body.indexOf(`</${name}>`, start);
    values.push([name, resolve(body.slice(start, end < 0 ? start + 4_096 : Math.min(end, start + 4_096)))]);
  }
  return { service: named[1] ?? '', name: named[2] ?? fromBody, values };
}

/** What each action answers: values by their names; null where the device has no such action. */
function valuesFor(device: Device, action: Action): readonly (readonly [string, string])[] | null {
  switch (`${action.service}#${action.name}`) {
    case 'Time#SetNTPServers':
    case 'DeviceConfig#Reboot':
    case 'DeviceConfig#FactoryReset':
    case 'WLANConfiguration#SetSecurityKeys':
    case 'WLANConfiguration#SetEnable':
    case 'LANConfigSecurity#SetConfigPassword':
      return [];
    case 'Time#GetInfo':
      return [
        ['NewNTPServer1', 'pool.ntp.org'],
        ['NewNTPServer2', ''],
        ['NewCurrentLocalTime', ''],
        ['NewLocalTimeZone', '+00:00'],
      ];
    case 'DeviceInfo#GetInfo':
      return [
        ['NewManufacturerName', device.maker],
        ['NewManufacturerOUI', device.serial.slice(0, 6)],
        ['NewModelName', device.model],
        ['NewDescription', device.model],
        ['NewSerialNumber', device.serial],
        ['NewSoftwareVersion', device.firmware],
      ];
    case 'DeviceInfo#GetSecurityPort':
      return [['NewSecurityPort', '443']];
    case 'WLANConfiguration#GetInfo':
      return [
        ['NewEnable', '1'],
        ['NewStatus', 'Up'],
        ['NewSSID', device.network],
        ['NewBeaconType', '11i'],
        ['NewMACAddressControlEnabled', '0'],
      ];
    case 'WLANConfiguration#GetSecurityKeys':
      return [
        ['NewWEPKey0', ''],
        ['NewWEPKey1', ''],
        ['NewWEPKey2', ''],
        ['NewWEPKey3', ''],
        ['NewPreSharedKey', device.networkKey],
        ['NewKeyPassphrase', device.networkKey],
      ];
    default:
      return null;
  }
}

const envelope = (body: string): string =>
  `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>${body}</s:Body></s:Envelope>\r\n`;

/** UPnP Device Architecture 1.0 §3.2: the answer or, for what there is not, error 401. */
export function answerAction(
  device: Device,
  action: Action,
): { readonly status: number; readonly body: string } {
  const values = valuesFor(device, action);
  if (values === null) {
    return {
      status: 500,
      body: envelope(
        '<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>401</errorCode><errorDescription>Invalid Action</errorDescription></UPnPError></detail></s:Fault>',
      ),
    };
  }
  const shown = values
    .map(([name, value]) => `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`)
    .join('');
  return {
    status: 200,
    body: envelope(
      `<u:${action.name}Response xmlns:u="urn:dslforum-org:service:${action.service}:1">${shown}</u:${action.name}Response>`,
    ),
  };
}

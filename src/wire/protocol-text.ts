/** Protocols whose first bytes are words. */

import type { ProtocolRule } from './protocol-rule.ts';

/** Fits where the text matches; every pattern is anchored and without nested repetition. */
function text(
  name: string,
  pattern: RegExp,
  confidence: number,
  transport: ProtocolRule['transport'] = 'tcp',
): ProtocolRule {
  return { name, transport, fits: (first) => (pattern.test(first.text) ? confidence : 0) };
}

export const textProtocols: readonly ProtocolRule[] = [
  text('ssh', /^SSH-[12]\.\d{1,2}-/, 1),
  // RFC 9110 §9.3.6: the one method whose target is an authority.
  text('http-connect', /^CONNECT [^ ]{1,300}:\d{1,5} HTTP\/1\.[01]/, 1),
  text('http2', /^PRI \* HTTP\/2\.0\r\n/, 1),
  text('sip', /^(?:OPTIONS|REGISTER|INVITE|ACK|BYE|CANCEL|SUBSCRIBE|NOTIFY|MESSAGE) sips?:/, 1, 'both'),
  text(
    'rtsp',
    /^(?:OPTIONS|DESCRIBE|SETUP|PLAY|TEARDOWN|ANNOUNCE|GET_PARAMETER) (?:rtsp:[^ ]{0,300}|\*|\/[^ ]{0,300}) RTSP\/1\.0/,
    1,
  ),
  text('ssdp', /^(?:M-SEARCH|NOTIFY) \* HTTP\/1\.1\r?\n/, 1, 'udp'),
  text(
    'http',
    /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|PROPFIND|SEARCH|MKCOL|DEBUG|TRACK|[A-Z]{3,12}) [^ ]{1,460} HTTP\/\d/,
    1,
  ),
  text('http', /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS) [/*h]/, 0.9),
  text('redis', /^\*\d{1,7}\r\n\$\d{1,9}\r\n/, 1),
  text(
    'memcached',
    /^(?:stats|version|flush_all|gets? [^ ]{1,250}|(?:set|add|replace) [^ ]{1,250} \d{1,10} \d{1,10} \d{1,9})(?: noreply)?\r\n/,
    0.8,
  ),
  text('redis', /^(?:PING|INFO|AUTH [^ ]+|CONFIG (?:GET|SET) [^\r\n]{1,200}|KEYS \*|FLUSHALL)\r\n/i, 0.85),
  text('zookeeper', /^(?:ruok|srvr|mntr|conf|envi|dump|cons|wchs|isro)\r?\n?$/, 0.9),
  text('smtp', /^(?:EHLO|HELO|MAIL FROM:|LHLO) ?[^\r\n]{0,400}\r?\n/i, 0.95),
  text('ftp', /^(?:USER [^\r\n]{1,200}|SYST|FEAT|AUTH TLS)\r\n/, 0.75),
  text('imap', /^[A-Za-z]{0,4}\d{1,6} (?:CAPABILITY|LOGIN|STARTTLS|NOOP|AUTHENTICATE)\b/i, 0.95),
  text('pop3', /^(?:CAPA|STLS|APOP [^\r\n]{1,200})\r\n/, 0.85),
  text('irc', /^(?:NICK [^\r\n]{1,200}|CAP LS)/, 0.85),
  text('rsync', /^@RSYNCD: \d/, 1),
  text('jdwp', /^JDWP-Handshake/, 1),
  text('weblogic-t3', /^t3s? \d{1,3}\.\d{1,3}/, 1),
  text('niagara-fox', /^fox a \d{1,9} -?\d{1,9} fox hello\n/, 1),
  text('xmpp', /^(?:<\?xml [^>]{1,200}>\s{0,8})?<stream:stream/, 1),
  text(
    'tor-control',
    /^(?:AUTHENTICATE(?: ".{0,200}"| [0-9A-F]{1,200})?|PROTOCOLINFO|GETINFO [^\r\n]{1,200})\r?\n/i,
    0.85,
  ),
  text('ibm-mq', /^TSH[ ML]\0/, 1),
  text('bittorrent', /^\x13BitTorrent protocol/, 1),
  text('bittorrent', /^d1:(?:ad2:id20:|rd2:id20:)/, 1, 'udp'),
  text('java-rmi', /^JRMI\0\x02[KLM]/, 1),
  text('java-serialization', /^\xac\xed\0\x05/, 1),
  text('adb', /^CNXN\0\0\0\x01/, 1),
  text('x11', /^[lB]\0[\0\x0b][\0\x0b]/, 0.8),
  text('mglndd-scan', /^MGLNDD_/, 1),
  text('stratum', /^\{[^\r\n]{0,400}"method"\s{0,2}:\s{0,2}"(?:mining\.|login)/, 1),
  text('jsonrpc', /^\{[^\r\n]{0,400}"(?:jsonrpc|method)"\s{0,2}:/, 0.85),
  text('winbox', /^.[\x01\x06]..M2\x05\0\xff\x01/s, 0.95),
  text('steam-query', /^\xff\xff\xff\xffTSource Engine Query/, 1, 'udp'),
  text('quake3', /^\xff\xff\xff\xff(?:getstatus|getinfo)/, 1, 'udp'),
  text('plc-kdt', /^KDT_PLC_/, 0.9),
  text(
    'shell',
    /^(?:\.\/|\/bin\/|cd |sh |wget |curl |busybox |\/?usr\/bin\/|echo |cat |uname|enable\r?\n|system\r?\n|shell\r?\n)/,
    0.7,
  ),
  text('help-probe', /^(?:HELP|help|\?)\r?\n$/, 0.5),
  text('newlines', /^[\r\n]{1,8}$/, 0.4),
];

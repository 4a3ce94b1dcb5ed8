/** Message numbers: RFC 4250 §4.1, RFC 4256 §5, RFC 4419 §5, RFC 8308 §2.3. */
export const message = {
  disconnect: 1,
  ignore: 2,
  unimplemented: 3,
  debug: 4,
  serviceRequest: 5,
  serviceAccept: 6,
  extensionInfo: 7,
  kexInit: 20,
  newKeys: 21,
  /** KEXDH_INIT, KEX_ECDH_INIT and the old group exchange request. */
  kexFirst: 30,
  kexReply: 31,
  groupExchangeInit: 32,
  groupExchangeReply: 33,
  groupExchangeRequest: 34,
  userauthRequest: 50,
  userauthFailure: 51,
  userauthSuccess: 52,
  userauthBanner: 53,
  /** The same number as the next: which it is depends on the method. */
  userauthPublicKeyOk: 60,
  userauthInfoRequest: 60,
  userauthInfoResponse: 61,
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const;

/** True for the messages that a key exchange is made of, which alone may travel while it lasts (RFC 4253 §7.1). */
export function isTransportMessage(number: number): boolean {
  return (number >= 1 && number <= 4) || (number >= 20 && number <= 49);
}

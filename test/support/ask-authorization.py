"""Asks an external authorization service as Envoy does: ask-authorization.py FOLDER PORT, a JSON line in for each request, one out for each answer.

FOLDER holds external_authorization_pb2.py, made by protoc of external-authorization.proto.
"""

import json
import sys

import grpc

sys.path.insert(0, sys.argv[1])
import external_authorization_pb2 as api  # noqa: E402

channel = grpc.insecure_channel(f"127.0.0.1:{sys.argv[2]}")
check = channel.unary_unary(
    "/envoy.service.auth.v3.Authorization/Check",
    request_serializer=api.CheckRequest.SerializeToString,
    response_deserializer=api.CheckResponse.FromString,
)
unknown = channel.unary_unary("/envoy.service.auth.v3.Authorization/Other")


def message(asked):
    request = api.CheckRequest()
    attributes = request.attributes
    for peer, address in ((attributes.source, asked["source"]), (attributes.destination, "192.0.2.1")):
        peer.address.socket_address.address = address
        peer.address.socket_address.port_value = 4000
    http = attributes.request.http
    attributes.request.time.seconds = 1_700_000_000
    http.id, http.method, http.path, http.host = "17", asked["method"], asked["path"], asked["host"]
    http.scheme, http.size, http.protocol = "http", -1, "HTTP/1.1"
    for name, value in asked["headers"]:
        if asked.get("raw"):
            header = http.header_map.headers.add()
            header.key, header.raw_value = name, value.encode("latin-1")
        else:
            http.headers[name] = value
    return request


for line in sys.stdin:
    asked = json.loads(line)
    try:
        if "bytes" in asked:
            unknown_bytes = bytes.fromhex(asked["bytes"])
            answer = channel.unary_unary(
                "/envoy.service.auth.v3.Authorization/Check", response_deserializer=api.CheckResponse.FromString
            )(unknown_bytes, timeout=10)
        elif "unknown" in asked:
            answer = unknown(b"", timeout=10)
        else:
            answer = check(message(asked), timeout=10)
        denied = answer.denied_response
        print(
            json.dumps(
                {
                    "code": answer.status.code,
                    "kind": "denied" if answer.HasField("denied_response") else "ok",
                    "status": denied.status.code,
                    "headers": [[each.header.key, each.header.value] for each in denied.headers],
                    "body": denied.body,
                }
            ),
            flush=True,
        )
    except grpc.RpcError as error:
        print(json.dumps({"failed": error.code().name}), flush=True)

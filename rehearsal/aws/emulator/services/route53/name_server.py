"""The public DNS as far as delegation goes: a name server on UDP that knows the name servers of every hosted zone, but for
those of which core/account.py says otherwise. GET /_rehearsal/name-server tells where it is."""

import socket
import struct
import threading

from ...core import account
from ...core.seams import entries, route53

NS, IN, NO_SUCH_NAME = 2, 1, 3
ADDRESS: list[str] = []


def install() -> None:
    """Listen on a free port, beside MiniStack."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    ADDRESS[:] = [f"127.0.0.1:{server.getsockname()[1]}"]
    threading.Thread(target=_serve, args=(server,), daemon=True).start()


def _serve(server: socket.socket) -> None:
    while True:
        question, client = server.recvfrom(512)
        answer = reply(question)
        if answer:
            server.sendto(answer, client)


def reply(question: bytes) -> bytes | None:
    """The answer to one question for name servers; None to what is no question."""
    try:
        name, end = _name(question, 12)
    except (IndexError, UnicodeDecodeError):
        return None
    servers = name_servers(name)
    records = b"".join(
        b"\xc0\x0c" + struct.pack("!HHIH", NS, IN, 60, len(encoded)) + encoded for encoded in map(_encoded, servers)
    )
    flags = 0x8180 | (0 if servers else NO_SUCH_NAME)
    return question[:2] + struct.pack("!HHHHH", flags, 1, len(servers), 0, 0) + question[12 : end + 4] + records


def name_servers(name: str) -> list[str]:
    """Those of a hosted zone of any account, or of whoever else is above."""
    for given in account.GIVEN.values():
        if name in given.get("nameServers", {}):
            return given["nameServers"][name] or []
    if "." not in name:
        return ["a.nic.example"]
    public = [zone["name"].rstrip(".") for zone in list(entries(route53.zones).values()) if not zone.get("private")]
    return [server.rstrip(".") for server in route53.DEFAULT_NS] if name in public else []


def _name(message: bytes, at: int) -> tuple[str, int]:
    labels = []
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode().lower())
        at += 1 + message[at]
    return ".".join(labels), at + 1


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"

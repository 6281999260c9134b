"""Which hosts bytes may go to: encrypted, and not into the network behind the machine."""

import socket
from ipaddress import ip_address

from commscli.errors import CommsError

_Address = tuple[str, int]


class WireFault(CommsError):
    """Something did not leave. ``final`` says that trying again would change nothing.

    ``after`` is in how many seconds it may be tried again, where the other side said so.
    """

    code = "wire"

    def __init__(
        self, text: str, *, remedy: str = "", final: bool = False, after: float | None = None
    ) -> None:
        super().__init__(text, remedy=remedy)
        self.final, self.after = final, after


def is_loopback(host: str) -> bool:
    """Whether a host, as it is written, is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def looked_up(host: str, port: int, *, private: bool) -> list[_Address]:
    """Return the addresses of a host that may be connected to.

    They are what is connected to afterwards, so that a second answer of the name server
    changes nothing. ``private`` allows addresses that are not of the public network.

    Raises:
        WireFault: if there is none, or the host is in a network behind this machine.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise WireFault(f"{host} has no address: {fault.strerror or fault}") from None
    except UnicodeError:
        raise WireFault(f"{host} cannot be the name of a host", final=True) from None
    addresses = list(dict.fromkeys((str(one[4][0]), port) for one in found))
    if private or is_loopback(host):
        return addresses
    inside = [address for address, _ in addresses if not ip_address(address).is_global]
    if inside:
        raise WireFault(
            f"{host} is {inside[0]}, an address of a private network",
            remedy="private: true beside it, if that is meant",
            final=True,
        )
    return addresses


def connected(host: str, port: int, *, private: bool, seconds: float) -> socket.socket:
    """Return a connection to a host.

    Raises:
        WireFault: if it cannot be had in time, or must not.
    """
    last: OSError | None = None
    for address in looked_up(host, port, private=private):
        try:
            return socket.create_connection(address, timeout=seconds)
        except OSError as fault:
            last = fault
    raise WireFault(f"{host}:{port} does not answer: {(last and last.strerror) or last}")

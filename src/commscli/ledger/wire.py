"""The few SSH wire types (RFC 4251 section 5) that keys and signatures are made of.

Reading is strict, because two encodings of one value would be two identities for one
key: lengths must fit, integers must be in their shortest form, nothing may follow the end.
"""

_UINT32 = 4


class WireFault(ValueError):
    """These bytes are not the SSH wire encoding of what was asked for."""


class Reader:
    """Takes one value after the other from the front of ``data``."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """Read exactly ``count`` bytes."""
        end = self._at + count
        if end > len(self._data):
            raise WireFault(f"{count} bytes expected, {len(self._data) - self._at} left")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def byte(self) -> int:
        """Read one octet as a number."""
        return self.take(1)[0]

    def uint32(self) -> int:
        """Read four octets, most significant first."""
        return int.from_bytes(self.take(_UINT32), "big")

    def string(self) -> bytes:
        """Read a length and that many bytes; no length can reach beyond the data."""
        return self.take(self.uint32())

    def mpint(self) -> int:
        """Read a positive integer: two's complement with no superfluous leading octet."""
        octets = self.string()
        if not octets:
            raise WireFault("a positive integer expected, zero found")
        if octets[0] & 0x80:
            raise WireFault("a positive integer expected, a negative one found")
        if octets[0] == 0 and (len(octets) == 1 or not octets[1] & 0x80):
            raise WireFault("an integer is written with superfluous leading zeros")
        return int.from_bytes(octets, "big")

    def end(self) -> None:
        """Refuse whatever is left: bytes that nobody reads are bytes that anybody can change."""
        left = len(self._data) - self._at
        if left:
            raise WireFault(f"{left} bytes follow where nothing may")


def uint32(value: int) -> bytes:
    """Encode ``value`` in four octets."""
    return value.to_bytes(_UINT32, "big")


def string(value: bytes) -> bytes:
    """Encode ``value`` with its length before it."""
    return uint32(len(value)) + value


def mpint(value: int) -> bytes:
    """Encode a non-negative integer in its shortest form."""
    return string(value.to_bytes((value.bit_length() + 8) // 8, "big") if value else b"")

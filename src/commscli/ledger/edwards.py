"""Which 32 bytes are an Ed25519 public key that stands for one person.

Neither OpenSSL nor ssh-keygen looks: with a point of small order as the key, one signature
holds for every message, and a second spelling of a point
is a second identity for one key. Arithmetic and names after RFC 8032 section 5.1.
"""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

ORDER = 2**252 + 27742317777372353535851937790883648493


def point_fault(encoded: bytes) -> str:
    """Say what is wrong with an encoded point, or ``""``. About 150 µs: once per key."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    negative = encoded[-1] >> 7
    if y >= _P:
        return "the point is not written in its canonical form"
    x = _root((y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P)
    if x is None:
        return "the point is not on the curve"
    if x == 0 and negative:
        return "the point is not written in its canonical form"
    # The sign of x is not looked up: a point and its negative have the same order.
    return "the point has a small order" if _eightfold_is_neutral(x, y) else ""


def _root(square: int) -> int | None:
    """Find a square root modulo p, which is 5 modulo 8, or ``None``."""
    root = pow(square, (_P + 3) // 8, _P)
    if root * root % _P == square:
        return root
    root = root * _SQRT_MINUS_ONE % _P
    return root if root * root % _P == square else None


def _eightfold_is_neutral(x: int, y: int) -> bool:
    """Whether the order of the point divides the cofactor 8: three doublings, projective."""
    z = 1
    for _ in range(3):
        square_x, square_y = x * x, y * y
        turned = square_y - square_x
        shift = turned - 2 * z * z
        x, y, z = (
            2 * x * y * shift % _P,
            -turned * (square_x + square_y) % _P,
            turned * shift % _P,
        )
    return x == 0 and y == z

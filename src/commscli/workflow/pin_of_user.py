"""Which pin is held against a history: the one that was named, else one of this user's store."""

from collections.abc import Mapping
from pathlib import Path

from commscli.domain.history import History, Pin
from commscli.ledger import pins


def pin_of_user(named: str, history: History, environ: Mapping[str, str]) -> Pin | None:
    """Return the pin: ``--pin``, then ``COMMS_PIN``, then this user's store.

    Anybody can add a file that looks like the first trust version of another repository;
    so, of the pins in the store, the one counts whose beginning is really here.
    """
    if named:
        return pins.read(Path(named).expanduser())
    paths = [pins.stored(name, environ) for name in _repositories(history)]
    stored = [pins.read(path) for path in paths if path.exists()]
    here = {file.digest for file in history.trusts}
    return next((found for found in stored if found.genesis in here), next(iter(stored), None))


def _repositories(history: History) -> list[str]:
    """Return what the first trust versions here call the repository: one, if nobody is hostile."""
    names = (f.trust.repository for f in history.trusts if f.trust and not f.trust.previous)
    return list(dict.fromkeys(name for name in names if name))

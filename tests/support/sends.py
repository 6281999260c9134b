"""A message to many, over channels that lead to servers of this machine."""

import shutil
from collections.abc import Mapping

from tests.support.cast import Cast, Clone

FILE = "{adapter: file, as: txt}"
SALT = "# salt: 00000000000000000000000000000000\n"


def lead_to(cast: Cast, channels: Mapping[str, str]) -> None:
    """Set up channels, each by its settings as YAML in a line, and share that."""
    ana = cast.ana
    lines = ["channels:", *(f"  {name}: {settings}" for name, settings in channels.items())]
    ana.edit("channels.yaml", "\n".join(lines) + "\n")
    ana.done("sync")


def many(cast: Cast, count: int) -> list[str]:
    """Put so many on the list of the strategic customers; return their addresses."""
    people = [f"person{number}@customer.example" for number in range(count)]
    rows = [f"{to},Person {n},Person,ana" for n, to in enumerate(people)]
    text = f"{SALT}email,name,first_name,contact\n" + "\n".join(rows) + "\n"
    (cast.ana.folder / "recipients" / "strategic-customers.csv").write_text(text)
    return people


def released(cast: Cast, audience: str) -> str:
    """Bring a message to an audience to where it may be sent; return its id."""
    (message,) = cast.declare(audience)
    gates = ("approval", "release") if cast.preset == "small" else (
        "accuracy", "messaging", "legal", "approval", "release")  # fmt: skip
    cast.passed(message, *gates)
    cast.ana.done("sync")
    return message


def second_machine(cast: Cast) -> Clone:
    """The same person at another machine, with the same list of recipients."""
    folder = cast.root / "clones" / "ana-at-home"
    cast.ana.git("clone", "--quiet", str(cast.hub), str(folder))
    other = Clone(cast=cast, person="ana", folder=folder, clean=False)
    (folder / "recipients").mkdir(exist_ok=True)
    shutil.copy(cast.ana.folder / "recipients" / "strategic-customers.csv", folder / "recipients")
    return other

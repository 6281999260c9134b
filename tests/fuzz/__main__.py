"""Coverage-guided fuzzing: ``python -m tests.fuzz TARGET [libFuzzer options]``.

Needs `atheris` (``pip install atheris``), which is no dependency of the tests: these run the
same targets with plain mutations. A good run is ``-max_total_time=60 -rss_limit_mb=512
-timeout=5``; libFuzzer then fails on any hang, and on memory without bound.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore] # installed by who fuzzes

with atheris.instrument_imports(include=["commscli", "ruamel"]):
    from tests.fuzz.targets import TARGETS, seeds


def main() -> None:
    """Fuzz one target."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: python -m tests.fuzz {'|'.join(TARGETS)} [options]")
    name = sys.argv[1]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds(name)):
            (Path(corpus) / f"{number}").write_bytes(seed)
        atheris.Setup([sys.argv[0], *sys.argv[2:], corpus], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()

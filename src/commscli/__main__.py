"""``python -m commscli``, and the console script ``comms``."""

import gc
import io
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from commscli.cli.boundary import run  # noqa: PLC0415 - nothing before it may fail unseen

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # words are UTF-8, as git's are
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = run(sys.argv[1:])
    gc.freeze()  # the end of a process looks for garbage in all of it, to give back what is freed
    return code


if __name__ == "__main__":
    sys.exit(main())

"""``python -m commscli``, and the console script ``comms``."""

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from commscli.cli.boundary import run  # noqa: PLC0415 - nothing before it may fail unseen

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

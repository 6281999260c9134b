"""What holds for the whole suite."""

import signal


def pytest_configure() -> None:
    """Hear Ctrl-C, and let what the tests start hear it.

    A shell starts what it puts in the background deaf to it, and deafness is inherited.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)

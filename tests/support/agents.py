"""A real ssh-agent of our own, on a socket with a short path."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.keys import ENVIRONMENT


class Agent:
    """One running ssh-agent."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        command = ["ssh-agent", "-D", "-a", str(socket)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        self._wait()

    def add(self, key: Path, *options: str) -> None:
        environment = ENVIRONMENT | {"SSH_AUTH_SOCK": str(self.socket)}
        command = ["ssh-add", "-q", *options, str(key)]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _wait(self) -> None:
        for _ in range(500):
            if self.socket.exists():
                return
            time.sleep(0.01)
        self.stop()
        raise TimeoutError(os.fspath(self.socket))


@contextmanager
def running() -> Iterator[Agent]:
    # A socket's path has about 100 characters, pytest's folders may be longer.
    with TemporaryDirectory(prefix="agent-") as folder:
        agent = Agent(Path(folder, "socket"))
        try:
            yield agent
        finally:
            agent.stop()

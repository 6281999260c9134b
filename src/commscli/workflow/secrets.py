"""The secrets of whoever runs a command: by their own configuration, never the repository's."""

from commscli.delivery.secrets import Secrets
from commscli.workflow.session import Session


def secrets_of(session: Session) -> Secrets:
    """Return where secrets are looked for."""
    return Secrets(settings=session.repository.users_own(), environ=session.circumstances.environ)

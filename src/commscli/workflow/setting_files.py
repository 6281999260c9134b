"""The files that settings are made of, each with its model; loaded where one is really read."""

from collections.abc import Mapping

from commscli.documents.models.audiences import Audiences
from commscli.documents.models.channels import Channels
from commscli.documents.models.kinds import Strict
from commscli.documents.models.organisation import Organisation
from commscli.documents.models.playbook import Playbook
from commscli.documents.validate import read_document

MODELS: Mapping[str, type[Strict]] = {
    "comms.yaml": Organisation,
    "audiences.yaml": Audiences,
    "channels.yaml": Channels,
}


def read_setting(path: str, data: bytes) -> Strict:
    """Return a file of settings as its model.

    Raises:
        BadInput: with every problem and its place.
    """
    return read_document(MODELS.get(path, Playbook), data, path=path)

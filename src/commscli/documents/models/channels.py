"""``channels.yaml``: how messages travel. A channel is an adapter and its settings.

Another adapter is another class in `ADAPTERS`; its ``adapter`` literal is what people write.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from commscli.documents.models.channel_settings import stated
from commscli.documents.models.kinds import Id, IdOrEmpty, Line, Strict


class Channel(Strict):
    """What every channel has. ``secret`` is the name of a secret, never the secret."""

    adapter: str
    secret: IdOrEmpty = ""

    def settings(self) -> dict[str, str]:
        """Return what a ``drafted`` record states: every setting that is not empty, as text.

        The name of the secret is among them, because a message approved for one account
        must not leave through another; the secret itself is not in the repository at all.
        """
        return stated(self.model_dump(by_alias=True))


class FileChannel(Channel):
    """The outbox: each message becomes a file on this machine."""

    adapter: Literal["file"]
    as_: Literal["eml", "txt", "json"] = Field(alias="as")
    from_: Line = Field(default="", alias="from")
    to: Line = ""


ADAPTERS: Mapping[str, type[Channel]] = MappingProxyType({"file": FileChannel})


class _ByAdapter:
    """Chooses the class of a channel by its adapter. pydantic's own unions want two members."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices = {name: handler.generate_schema(model) for name, model in ADAPTERS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="adapter")


class Channels(Strict):
    """The whole of ``channels.yaml``."""

    channels: dict[Id, Annotated[Channel, _ByAdapter]]

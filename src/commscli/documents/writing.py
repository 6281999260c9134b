"""Values as ordinary YAML, for a person to read and edit."""

from collections.abc import Mapping
from io import StringIO
from typing import Any


def plain_yaml(values: Mapping[str, Any]) -> str:
    """Return the values in block style, in their order."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - costs start-up time, and few commands write YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 4096
    text = StringIO()
    yaml.dump(dict(values), text)
    return text.getvalue()

"""Which keys a model knows at some place, so that a slip of the hand finds its suggestion."""

from typing import Any

from pydantic import BaseModel

from commscli.documents.document import Loc, Value

Schema = dict[str, Any]


def known_keys(model: type[BaseModel], loc: Loc, value: Value) -> list[str]:
    """Return the keys that the model accepts at the place, in its order.

    Asked of the JSON schema, which is the same for every way in which a model nests.
    """
    root = model.model_json_schema(by_alias=True)
    schema = _resolve(root, root, value)
    for step in loc:
        value = value[step]
        schema = _resolve(_below(schema, step), root, value)
    return list(schema.get("properties", {}))


def _below(schema: Schema, step: str | int) -> Schema:
    if isinstance(step, int):
        found = schema.get("items", {})
    else:
        found = schema.get("properties", {}).get(step) or schema.get("additionalProperties")
    return found if isinstance(found, dict) else {}


def _resolve(schema: Schema, root: Schema, value: Value) -> Schema:
    """Follow references, and of a union take the member that can hold the value."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return _resolve(root["$defs"][name], root, value)
    if "discriminator" in schema:
        return _resolve(_tagged(schema["discriminator"], value), root, value)
    for member in schema.get("anyOf", ()):
        resolved = _resolve(member, root, value)
        if isinstance(value, dict) == (
            "properties" in resolved or resolved.get("type") == "object"
        ):
            return resolved
    return schema


def _tagged(discriminator: Schema, value: Value) -> Schema:
    """Return the member of a union that the value names, or one that knows no key."""
    tag = value.get(discriminator["propertyName"]) if isinstance(value, dict) else None
    reference = discriminator["mapping"].get(tag)
    return {"$ref": reference} if reference else {}

"""Who communicates what, where a provider and a client share an incident: each duty once.

A duty that nobody has is a gap: each side waits for the other. A duty that two have is an
overlap: people hear two stories. So the list is fixed, and each entry has one owner.
"""

from collections.abc import Mapping
from types import MappingProxyType

DUTIES: Mapping[str, str] = MappingProxyType({
    "detected-by-provider": "the first word, where the provider noticed the incident",
    "detected-by-client": "the first word, where the client noticed it",
    "technical": "technical updates while it is worked on",
    "business-impact": "what it means for the client's business",
    "external": "what the public and the client's own customers hear",
    "regulatory": "notices to authorities",
    "resolution": "that it is over, and what is done so that it stays away",
})  # fmt: skip
"""What has to be communicated, and what is meant by it. A provider is whoever runs the service."""

PARTIES = ("provider", "client", "supplier")
"""Who may have a duty besides the roles of an organisation."""

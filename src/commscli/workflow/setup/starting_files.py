"""The settings that a new repository starts from, written to be read and changed."""

from collections.abc import Mapping

from commscli.documents.writing import plain_yaml

_AUDIENCES = """\
# Who is told, in the order in which they are told. Names and channels are yours to change;
# what a message may be sent without is not decided here, but in trust/.
audiences:
  internal-stakeholders:
    name: Internal stakeholders
    aliases: [internal, employees]
    detail: operational # technical, operational, impact, simple or formal
    channels: [intranet]
  strategic-customers:
    name: Strategic customers
    aliases: [strategic]
    detail: impact
    channels: [mail]
    one_to_one: true # each mail is written to one person, and opens a conversation
    recipients: strategic-customers # recipients/strategic-customers.csv, kept out of git
    capacity: 25 # how many conversations you can hold; more recipients is a finding
  all-customers:
    name: All customers
    aliases: [customers, public]
    detail: simple
    channels: [status-page]
"""
_CHANNELS = """\
# How messages travel. `file` is the embedded outbox: every delivery becomes a file in outbox/.
# Secrets are named here and never written here.
channels:
  intranet: {adapter: file, as: txt}
  mail: {adapter: file, as: eml}
  status-page: {adapter: file, as: json}
"""
_IGNORED = """\
# What left, and who received it: personal data stays out of git (docs/privacy.md).
/outbox/
/recipients/*.csv
"""
_ATTRIBUTES = """\
# What is approved is bytes: git must not change them on the way in or out.
incidents/** -text
trust/** -text
proposals/** -text
"""
_RECIPIENTS = """\
# Lists of recipients

One CSV a list, with a header: `email`, and whatever else the templates use (`name`, `contact`: who
answers them). The files stay out of git; `comms` finds them here or in the folders that
`COMMS_RECIPIENTS` names, by their digest. The first draft adds a salt line: keep it with the list.

    email,name,contact
    abel@customer.example,Abel Arden,Dora from your account team
"""
_ROLES: Mapping[str, Mapping[str, object]] = {
    "business-lead": {"name": "Business Lead", "aliases": ["lead"]},
    "technical-slt": {"name": "Technical SLT", "aliases": ["spokesperson", "technical-elt"]},
    "customer-liaison": {"name": "Customer Liaison", "aliases": ["liaison"]},
    "messaging-officer": {"name": "Messaging Officer", "aliases": ["messaging"]},
    "legal-officer": {"name": "Legal Officer", "aliases": ["legal"]},
    "elt-approver": {"name": "ELT Approver", "aliases": ["approver"]},
    "incident-commander": {"name": "Incident Commander", "aliases": ["commander"]},
    "business-responder": {"name": "Business Responder", "aliases": ["responder", "sender"]},
}


def starting_files(*, organisation: str, timezone: str, domain: str) -> dict[str, bytes]:
    """Return the files that are not trust, templates or playbooks."""
    settings = {
        "organisation": organisation.strip(),
        "timezone": timezone,
        "domain": domain,
        "defaults": {
            "playbook": "service-outage",
            "phase": "investigation",
            "next_update": "+30m",
        },
        "roles": {role: dict(names) for role, names in _ROLES.items()},
    }
    return {
        "comms.yaml": plain_yaml(settings).encode(),
        "audiences.yaml": _AUDIENCES.encode(),
        "channels.yaml": _CHANNELS.encode(),
        "recipients/README.md": _RECIPIENTS.encode(),
        ".gitignore": _IGNORED.encode(),
        ".gitattributes": _ATTRIBUTES.encode(),
    }

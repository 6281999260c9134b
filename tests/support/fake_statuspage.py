"""Statuspage, as far as the key of one page sees it."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.apis import Api, Asked

PAGE = "kctbh9vrtdwd"
_MOST = 100


@dataclass(kw_only=True)
class FakeStatuspage(Api):
    """A page and its incidents, the newest first."""

    key: str = "s3cret"
    incidents: list[dict[str, Any]] = field(default_factory=list)
    components: dict[str, str] = field(default_factory=dict)
    notified: list[bool] = field(default_factory=list)

    def commits(self, asked: Asked) -> bool:
        """Whether it opens or updates an incident."""
        return asked.method in {"POST", "PATCH"}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Do what a path says."""
        if asked.headers.get("authorization") != f"OAuth {self.key}":
            return 401, {"error": "Could not authenticate"}
        path = asked.path.removeprefix(f"/v1/pages/{PAGE}")
        if path == asked.path:
            return 404, {"error": "not found"}
        if not path:
            return 200, {"id": PAGE, "name": "Example"}
        if asked.method == "GET":
            start = (int(asked.query.get("page", "1")) - 1) * _MOST
            return 200, self.incidents[start : start + _MOST]
        told = asked.document["incident"]
        if asked.method == "POST":
            incident = {"id": f"i{len(self.incidents)}", "incident_updates": [], "metadata": {}}
            return self._write(incident, told, new=True)
        found = [one for one in self.incidents if path == f"/incidents/{one['id']}"]
        return self._write(found[0], told) if found else (404, {"error": "not found"})

    def other(self, name: str, **metadata: Any) -> None:
        """Let somebody else open an incident."""
        self.incidents.insert(0, {"id": f"i{len(self.incidents)}", "name": name,
                                  "metadata": metadata, "incident_updates": []})  # fmt: skip

    def _write(
        self, incident: dict[str, Any], told: dict[str, Any], *, new: bool = False
    ) -> tuple[int, Any]:
        wrong = [] if told.get("name") or not new else ["name can't be blank"]
        wrong += [
            f"{k} is no object" for k, v in told["metadata"].items() if not isinstance(v, dict)
        ]
        if wrong:
            return 422, {"error": wrong}
        update = {"body": told["body"], "status": told["status"]}
        incident["incident_updates"].insert(0, update)
        kept = ("name", "status", "metadata", "component_ids", "impact_override")
        incident |= {key: told[key] for key in kept if key in told}
        self.components |= told.get("components", {})
        self.notified.append(told.get("deliver_notifications", True))
        if new:
            self.incidents.insert(0, incident)
        return (201 if new else 200), incident

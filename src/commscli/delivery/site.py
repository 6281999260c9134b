"""A status page of plain files: what was said, newest first, and the same as feeds.

All of it follows from the updates alone, so that writing it again changes nothing: no time of
writing stands anywhere, and the feeds say when the newest update left.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from email.utils import format_datetime
from html import escape
from itertools import groupby
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET  # only written here, never read

from commscli.delivery.markdown.html import fragment, frame, link, tag
from commscli.delivery.markdown.tokens import seen
from commscli.domain.moments import moment

ATOM = "http://www.w3.org/2005/Atom"
NEWEST = 50
"""Updates in a feed."""
_QUIET = "color:#5f6670;font-size:14px;margin:0 0 8px"
_CALM = "Nothing to report."


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message as it was published. ``at`` is when it left."""

    at: str
    incident: str
    message: str
    phase: str
    title: str
    text: str

    def data(self) -> bytes:
        """Return its one spelling."""
        return (
            json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        )

    @classmethod
    def of(cls, data: bytes) -> "Update":
        """Return what a file says that this wrote."""
        return cls(**json.loads(data))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a status page is called, and where it will be."""

    title: str
    url: str

    def link(self, path: str) -> str:
        """Return the address of a file."""
        return f"{self.url.rstrip('/')}/{path}"

    @property
    def domain(self) -> str:
        """The host, which names its entries for good."""
        return urlsplit(self.url).hostname or "localhost"


def files_of(site: Site, updates: Iterable[Update]) -> Mapping[str, bytes]:
    """Return every file of the page but the updates themselves, by its path there."""
    newest = sorted(updates, key=lambda update: (update.at, update.message), reverse=True)
    by_incident = sorted(newest, key=lambda update: update.incident)
    made = {
        "index.html": _index(site, newest),
        "feed.atom": _atom(site, newest[:NEWEST]),
        "feed.rss": _rss(site, newest[:NEWEST]),
    }
    for incident, said in groupby(by_incident, key=lambda update: update.incident):
        made[_page_of(incident)] = _incident(site, list(said))
    return made


def _page_of(incident: str) -> str:
    return f"incidents/{incident}.html"


def _head(site: Site) -> str:
    return "".join(
        f'<link rel="alternate" type="application/{kind}+xml" title="{escape(site.title)}" '
        f'href="{escape(site.link(f"feed.{kind}"))}">\n'
        for kind in ("atom", "rss")
    )


def _index(site: Site, newest: Sequence[Update]) -> bytes:
    parts = [tag("h1", escape(site.title))]
    shown: set[str] = set()
    for update in newest:
        if update.incident not in shown:
            shown.add(update.incident)
            parts.append(_article(update, page=_page_of(update.incident)))
    return frame(site.title, "\n".join(parts if shown else [*parts, f"<p>{_CALM}</p>"]),
                 head=_head(site)).encode()  # fmt: skip


def _incident(site: Site, newest: Sequence[Update]) -> bytes:
    back = f'<p style="{_QUIET}">{link("../index.html", escape(site.title))}</p>'
    parts = [back, *(_article(update) for update in newest)]
    return frame(newest[0].title, "\n".join(parts), head=_head(site)).encode()


def _article(update: Update, *, page: str = "") -> str:
    title = escape(" ".join(seen(update.title).split()))
    if page:
        title = link(page, title)
    said = f'<time datetime="{update.at}">{moment(update.at):%d %B %Y, %H:%M} UTC</time>'
    return (
        f'<article id="{escape(update.message)}">\n{tag("h2", title)}\n'
        f'<p style="{_QUIET}">{said}, {escape(update.phase)}</p>\n'
        f"{fragment(update.text)}\n</article>"
    )


def _id(site: Site, update: Update) -> str:
    return f"tag:{site.domain},{update.at[:10]}:{update.incident}/{update.message}"


def _link(site: Site, update: Update) -> str:
    return f"{site.link(_page_of(update.incident))}#{update.message}"


def _atom(site: Site, newest: Sequence[Update]) -> bytes:
    feed = ET.Element("feed", xmlns=ATOM)
    _put(feed, "id", f"tag:{site.domain},2000-01-01:feed")
    _put(feed, "title", site.title)
    _put(feed, "updated", newest[0].at if newest else "2000-01-01T00:00:00Z")
    _put(feed, "link", rel="self", href=site.link("feed.atom"))
    _put(feed, "link", rel="alternate", href=site.link("index.html"))
    _put(_put(feed, "author"), "name", site.title)
    for update in newest:
        entry = _put(feed, "entry")
        _put(entry, "id", _id(site, update))
        _put(entry, "title", seen(update.title))
        _put(entry, "updated", update.at)
        _put(entry, "link", rel="alternate", href=_link(site, update))
        _put(entry, "content", fragment(update.text), type="html")
    return _written(feed)


def _rss(site: Site, newest: Sequence[Update]) -> bytes:
    rss = ET.Element("rss", version="2.0")
    channel = _put(rss, "channel")
    _put(channel, "title", site.title)
    _put(channel, "link", site.link("index.html"))
    _put(channel, "description", site.title)
    for update in newest:
        item = _put(channel, "item")
        _put(item, "title", seen(update.title))
        _put(item, "link", _link(site, update))
        _put(item, "guid", _id(site, update), isPermaLink="false")
        _put(item, "pubDate", format_datetime(moment(update.at)))
        _put(item, "description", fragment(update.text))
    return _written(rss)


def _put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name, attributes)
    made.text = text or None
    return made


def _written(root: ET.Element) -> bytes:
    ET.indent(root)
    told: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return told + b"\n"

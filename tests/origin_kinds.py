"""The situations of `made_origins`: each makes the pages of one story and says where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from pipelines.types import Evidence, NormalizedArticle, PublishedTime
from tests.made_origins import Maker, Medium, Story, Truth, noise, source_of
from tests.made_stories import made_document


def _story(kind: str, pages: Sequence[NormalizedArticle], outlet: Medium | None, *held: NormalizedArticle) -> Story:
    return Story(tuple(pages), Truth(kind, outlet.name if outlet else None, frozenset(page.url for page in held)))


def credited_and_held(m: Maker) -> Story:
    """The outlet's own page is held, and copies name the outlet."""
    own = m.own(m.outlet)
    return _story("credited, held", [own, *noise(m, m.copies(m.outlet))], m.outlet, own)


def credited_not_held(m: Maker) -> Story:
    """Copies name an outlet of which no page is held."""
    return _story("credited, not held", noise(m, m.copies(m.outlet)), m.outlet)


def single_credited(m: Maker) -> Story:
    """One page, which names its source."""
    return _story("single, credited", noise(m, m.copies(m.outlet, 1)), m.outlet)


def single_own(m: Maker) -> Story:
    """One page, which says that it is its own."""
    own = m.own(m.outlet)
    return _story("single, own", [own], m.outlet, own)


def single_silent(m: Maker) -> Story:
    """One copied page that names nobody."""
    return _story("single, silent", m.copies(None, 1), m.outlet)


def chain(m: Maker) -> Story:
    """A portal names the outlet, others name the portal."""
    portal, *others = m.portals
    (second,) = noise(m, [m.page(portal, 20, source=source_of(m.outlet), is_repost=True)])
    third = [replace(m.copy(other, portal), published=_later(second, 60 + 40 * i)) for i, other in enumerate(others[: m.r.randint(1, 3)])]
    own = [m.own(m.outlet)] if m.r.random() < 0.5 else []
    return _story("chain", [*own, second, *noise(m, third)], m.outlet, *own)


def _later(page: NormalizedArticle, minutes: int) -> PublishedTime | None:
    if page.published is None:
        return None
    return replace(page.published, local=page.published.local + timedelta(minutes=minutes))


def printed_chain(m: Maker) -> Story:
    """Some print the outlet and the portal between ("东河日报－东河网"), others the portal alone."""
    portal, *others = m.portals
    both = m.copy(others[0], m.outlet, via=(source_of(portal),))
    return _story("printed chain", [both, *noise(m, [m.copy(other, portal) for other in others[1 : m.r.randint(3, 4)]])], m.outlet)


def dateline_alone(m: Maker) -> Story:
    """No source lines, but the text opens with the agency."""
    line = f"{m.agency.name}{m.r.choice(m.portals).name[:2]}1月{m.n % 28 + 1}日电（记者方敏）"
    return _story("dateline alone", noise(m, m.copies(None, dateline=line)), m.agency)


def dateline_and_portal(m: Maker) -> Story:
    """The text opens with the agency, source lines name the portal it was taken from."""
    line = f"{m.agency.name}{m.r.choice(m.portals).name[:2]}1月{m.n % 28 + 1}日电"
    taken_from, *others = m.portals
    return _story("dateline and portal", noise(m, [m.copy(o, taken_from, dateline=line) for o in others[: m.r.randint(2, 4)]]), m.agency)


def canonical_held(m: Maker) -> Story:
    """Copies name no source, but their canonical link is the outlet's page."""
    own = m.page(m.outlet, m.r.choice((0, 300)))
    return _story("canonical link", [own, *noise(m, m.copies(None, evidence=pointing(own.url)))], m.outlet, own)


def pointing(url: str) -> dict[str, Evidence]:
    """The evidence of a page whose canonical link leads to another site."""
    return {"canonical_url": Evidence(text=url, rule="other_site")}


def linked(m: Maker) -> Story:
    """The source line of a copy links to the outlet's page, which says nothing itself."""
    own = m.page(m.outlet, m.r.choice((0, 300)))
    copies = noise(m, m.copies(m.outlet))
    copies[0] = replace(copies[0], source=source_of(m.outlet, own.url), is_repost=True)
    return _story("linked", [own, *copies], m.outlet, own)


def canonical_not_held(m: Maker) -> Story:
    """The canonical link points at a page that is not held; one copy names the outlet."""
    elsewhere = f"http://www.{m.outlet.site}{m.path}"
    return _story("canonical link, not held", noise(m, [*m.copies(m.outlet, 1), *m.copies(None, 2)][:2]
        if m.r.random() < 0.5 else m.copies(m.outlet, evidence=pointing(elsewhere))), m.outlet)  # fmt: skip


def without_times(m: Maker) -> Story:
    """No page prints a time, and the outlet's page is crawled last."""
    own = m.own(m.outlet, published=None, fetched_at=m.base + timedelta(days=9))
    return _story("no times", [own, *noise(m, m.copies(m.outlet, published=None))], m.outlet, own)


def dated_anew(m: Maker) -> Story:
    """The outlet's page prints the time of its last change, after all copies."""
    own = m.own(m.outlet, 3000)
    return _story("origin dated anew", [own, *noise(m, m.copies(m.outlet))], m.outlet, own)


def wrong_clock(m: Maker) -> Story:
    """A copy prints a time in another zone, hours before the outlet."""
    own = m.own(m.outlet)
    early = m.page(m.portals[0], -470, source=source_of(m.outlet), is_repost=True)
    return _story("wrong clock", [own, early, *noise(m, [m.copy(p, m.outlet) for p in m.portals[1:3]])], m.outlet, own)


def disguised_first(m: Maker) -> Story:
    """A disguised mirror prints the earliest time and names its own site."""
    mirror = m.own(m.portals[0], -60, disguised=True)
    own = [m.own(m.outlet)] if m.r.random() < 0.5 else []
    return _story("disguised mirror", [mirror, *own, *noise(m, [m.copy(p, m.outlet) for p in m.portals[1:4]])], m.outlet, *own)


def clone(m: Maker) -> Story:
    """Another host shows the outlet's page under the same path, name and claim; a copy links to the outlet's home."""
    url, other = f"http://www.{m.outlet.site}{m.path}", f"http://www.clone{m.n}.example{m.path}"
    own = m.own(m.outlet, url=url, final_url=url, canonical_url=url)
    cloned = replace(
        own, url=other, final_url=other, canonical_url=other, site=f"clone{m.n}.example", fetched_at=own.fetched_at - timedelta(hours=9)
    )
    copies = noise(m, m.copies(m.outlet))
    copies[0] = replace(copies[0], source=source_of(m.outlet, f"http://{m.outlet.site}/"), is_repost=True)
    return _story("clone", [own, cloned, *copies], m.outlet, own)


def clone_without_link(m: Maker) -> Story:
    """As `clone`, but nobody links."""
    story = clone(m)
    pages = [replace(p, source=replace(p.source, url=None)) if p.source else p for p in story.articles]
    return Story(tuple(pages), replace(story.truth, kind="clone, no link"))


def outvoted(m: Maker) -> Story:
    """Most name the outlet, one names a portal."""
    wrong = m.copy(m.portals[0], Medium("凑热闹网", "wrong.example"))
    own = [m.own(m.outlet)] if m.r.random() < 0.5 else []
    return _story("outvoted", [wrong, *own, *noise(m, [m.copy(p, m.outlet) for p in m.portals[1:4]], keep_claims=True)], m.outlet, *own)


def tie(m: Maker) -> Story:
    """One names the outlet, one names a portal: nobody can tell."""
    return _story("tie", noise(m, [m.copy(m.portals[0], m.outlet), m.copy(m.portals[1], m.portals[2])], keep_claims=True), m.outlet)


def claims_all(m: Maker) -> Story:
    """A site that calls everything its own; others name the outlet."""
    greedy = m.page(m.portals[0], m.r.choice((-30, 90)), source=source_of(m.portals[0]), is_repost=False)
    own = [m.own(m.outlet)] if m.r.random() < 0.5 else []
    others = [m.copy(p, m.outlet) for p in m.portals[1 : m.r.randint(2, 4)]]
    return _story("self-claim of a copy", [greedy, *own, *noise(m, others)], m.outlet, *own)


def both_claim(m: Maker) -> Story:
    """The outlet and, hours later, a portal call it their own; nobody else says anything."""
    own, greedy = m.own(m.outlet), m.page(m.portals[0], m.r.randint(120, 900), source=source_of(m.portals[0]), is_repost=False)
    return _story("two self-claims", [own, greedy, *m.copies(None, 1)], m.outlet, own)


def own_dateline(m: Maker) -> Story:
    """A portal opens the text with its own name, as if it had written it; the outlet has no line of that sort."""
    portal = m.portals[0]
    first = m.page(portal, 40, dateline=f"{portal.name[:2]}网讯", is_repost=m.r.choice((None, False)))
    return _story("dateline of a copy", [first, *noise(m, [m.copy(p, m.outlet) for p in m.portals[1:4]])], m.outlet)


def house(m: Maker) -> Story:
    """Some name the agency, some its site; the text opens with the agency."""
    site = Medium(m.agency.name[:2] + "通讯网", m.agency.site)
    line = f"{m.agency.name}{m.agency.name[:2]}1月{m.n % 28 + 1}日电"
    named = [m.copy(p, m.agency if i % 2 else site, dateline=line) for i, p in enumerate(m.portals[: m.r.randint(2, 5)])]
    return _story("agency and its site", noise(m, named), m.agency)


def cut_first(m: Maker) -> Story:
    """The earliest page holds half of the text; the whole one comes later and says that it is its own."""
    own = m.own(m.outlet, 60)
    cut = m.page(m.portals[0], 0, text=own.text[: len(own.text) // 2])
    return _story("cut page first", [own, cut, *noise(m, [m.copy(p, m.outlet) for p in m.portals[1 : m.r.randint(2, 3)]])], m.outlet, own)


def silent_held(m: Maker) -> Story:
    """Nobody says anything; the outlet is hours earlier."""
    own = m.page(m.outlet, 0)
    return _story("silent, held", [own, *[replace(p, published=_later(own, m.r.randint(90, 2000))) for p in m.copies(None)]], m.outlet, own)


def silent_not_held(m: Maker) -> Story:
    """Nobody says anything, and the outlet is not held: the earliest copy is no origin."""
    return _story("silent, not held", noise(m, m.copies(None)), m.outlet)


def twice_on_one_site(m: Maker) -> Story:
    """The outlet has a page for phones, too."""
    own = m.own(m.outlet)
    phone = f"http://m.{m.outlet.site}/{m.n}"
    mobile = replace(own, url=phone, final_url=phone, canonical_url=own.url, fetched_at=own.fetched_at - timedelta(hours=3))
    return _story("phone page", [own, mobile, *noise(m, m.copies(m.outlet))], m.outlet, own, mobile)


def published_again(m: Maker) -> Story:
    """The outlet publishes its text again the next day."""
    own, again = m.own(m.outlet), m.own(m.outlet, 1500)
    return _story("published again", [own, again, *noise(m, m.copies(m.outlet))], m.outlet, own)


def press_release(m: Maker) -> Story:
    """An office that no page names sent it to papers, which print it as their own within minutes."""
    return _story("press release", [m.own(p, m.r.randint(0, 8)) for p in m.portals[:3]], None)


def under_another_name(m: Maker) -> Story:
    """The outlet's site calls itself by another spelling than source lines print."""
    own = m.page(replace_name(m.outlet, m.outlet.name + "客户端"), 0, source=spelt(m.outlet, m.outlet.name + "客户端"), is_repost=False)
    return _story("another spelling", [own, *noise(m, m.copies(m.outlet))], m.outlet, own)


def replace_name(medium: Medium, name: str) -> Medium:
    """The same site under another name."""
    return Medium(name, medium.site)


def spelt(medium: Medium, raw: str) -> object:
    """A source line that spells the outlet otherwise."""
    return replace(source_of(medium), raw=raw)


def another_text_beside(m: Maker) -> Story:
    """A copy adds a text of its own below."""
    own = m.own(m.outlet)
    longer = [replace(p, text=p.text + "\n" + made_document(m.n + 70_000, sentences=6)["text"]) for p in m.copies(m.outlet, 2)]
    return _story("extended copies", [own, *longer], m.outlet, own)


KINDS: dict[Callable[[Maker], Story], int] = {
    credited_and_held: 4, credited_not_held: 5, single_credited: 4, single_own: 3, single_silent: 1, chain: 3, printed_chain: 2,
    dateline_alone: 2, dateline_and_portal: 2, canonical_held: 2, linked: 2, canonical_not_held: 1, without_times: 2, dated_anew: 2,
    wrong_clock: 2, disguised_first: 2, clone: 2, clone_without_link: 1, outvoted: 2, tie: 1, claims_all: 3, both_claim: 1, house: 2,
    cut_first: 2, silent_held: 1, silent_not_held: 1, twice_on_one_site: 2, published_again: 2, press_release: 1, under_another_name: 2,
    another_text_beside: 2, own_dateline: 1,
}  # fmt: skip
"""Each kind, and how many stories in a row are of it."""

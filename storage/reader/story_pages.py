"""The pages of a story and of two copies compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipelines.counted import counted
from pipelines.dedupe.kept import title_key
from storage.database import reading
from storage.printed_times import moment
from storage.reader import charts, queries
from storage.reader.api import SCRIPTS, in_script
from storage.reader.difference import Difference, compare, count_changes, in_rows, list_changes, to_one_script
from storage.reader.params import choice_of, number_of, text_of
from storage.reader.rendering import duration, link, render
from storage.reader.story_map import MappedText, map_copy
from storage.reader.story_view import StoryView, delay_of, read_story, words_for

COPIES_A_PAGE = 50
"""Each is compared with the original, sentence by sentence."""
VIEWS = ("one", "beside")
"""A difference as one text, or both texts beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLine:
    """One copy as the page shows it."""

    copy: Mapping[str, Any]
    kind: str
    """`origin`, `mirror`, `copy`."""
    delay: str
    """After the first copy; empty where a time is not printed to the minute."""
    track: Markup
    cuts: Markup | None
    """None: it is what the others are compared with, or too little text."""
    says: str
    """What `cuts` shows, in words."""
    title: Difference | None
    """Against the story's headline, both in Simplified characters; None: the same, script and punctuation aside."""


def story(request: Request) -> Response:
    """Show a story with all its copies."""
    offset = number_of(request, "offset", 0)
    with reading(request.app.state.engine) as connection:
        found = read_story(connection, request.path_params["id"])
        if found is None:
            raise HTTPException(404, "no such story")
        if found.id != request.path_params["id"]:  # joined to another one since the link was made
            return RedirectResponse(f"/story/{found.id}", 307)
        page = found.copies[offset : offset + COPIES_A_PAGE]
        model, first = found.reference, found.first
        texts = queries.read_texts(connection, [*(copy["id"] for copy in page), model["id"]]) if len(found.copies) > 1 else {}
    scale = charts.TimeScale(longest_s=max((delay_of(copy, first) or 0 for copy in found.copies), default=0))
    original = MappedText(texts[model["id"]]["text"] or "") if model["id"] in texts else None
    told = _Told(found=found, first=first, model=model, scale=scale, original=original)
    lines = [_line(told, copy, texts.get(copy["id"])) for copy in page]
    path = f"/story/{found.id}"
    return render(
        "story.html", story=found, first=first, reference=model, lines=lines, scale=charts.axis(scale), overview=_overview(told), reasons=_reasons(found),
        pair=_default_pair(found, str(model["id"])), share=found.share_kept(), feed={"story": found.id},
        onward=link(path, offset=offset + COPIES_A_PAGE) if offset + COPIES_A_PAGE < len(found.copies) else None,
        back=link(path, offset=max(0, offset - COPIES_A_PAGE)) if offset else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What every line of a story is told against; found once, as a story may have hundreds of copies."""

    found: StoryView
    first: Mapping[str, Any] | None
    model: Mapping[str, Any]
    scale: charts.TimeScale
    original: MappedText | None
    """The model's text."""


def _line(told: _Told, copy: Mapping[str, Any], text: Mapping[str, Any] | None) -> CopyLine:
    found, delay, kind = told.found, delay_of(copy, told.first), told.found.kind_of(copy)
    is_first = told.first is not None and copy["id"] == told.first["id"]
    words = "" if delay is None else "first" if is_first else f"+{duration(delay)}" if delay else "same time"
    cuts, says = _cuts(told.original, text) if told.original and text and copy["id"] != told.model["id"] else (None, "")
    is_same = title_key(copy["title"] or "") == title_key(found.title or "")
    return CopyLine(
        copy=copy, kind=kind, delay=words, cuts=cuts, says=says,
        track=charts.track(told.scale, charts.Mark(delay, kind, words)) if delay is not None else Markup(),
        title=None if is_same else compare(to_one_script(found.title or ""), to_one_script(copy["title"] or "")),
    )  # fmt: skip


def _cuts(original: MappedText, text: Mapping[str, Any]) -> tuple[Markup, str]:
    found = map_copy(original, MappedText(text["text"] or ""))
    return charts.cut_map(found, found.in_words), found.in_words


def _overview(told: _Told) -> Markup | None:
    """Draw all copies on one line, where there are enough to lose one's way in the list."""
    found, scale, marks = told.found, told.scale, []
    if len(found.copies) <= COPIES_A_PAGE:
        return None
    for copy in found.copies:
        delay = delay_of(copy, told.first)
        if delay is not None:
            marks.append(charts.Mark(delay, found.kind_of(copy), f"{moment(copy['published_at'])} {copy['site_name'] or copy['site']}"))
    label = f"{counted(len(marks), 'copy', 'copies')} within {duration(scale.longest_s)}"
    return charts.time_line(scale, marks, label)


def _reasons(found: StoryView) -> list[tuple[str, str | None, list[Mapping[str, Any]]]]:
    by_id = {copy["id"]: copy for copy in found.copies}
    return [
        (words_for(r.witness, len(r.articles)), r.outlet, [by_id[key] for key in r.articles if key in by_id]) for r in found.origin.reasons
    ]


def _default_pair(found: StoryView, first: str) -> tuple[str, str]:
    return first, next((str(copy["id"]) for copy in found.copies if copy["id"] != first), first)


def difference(request: Request) -> Response:
    """Show two copies against each other."""
    ids = [text_of(request, name, is_required=True) for name in ("a", "b")]
    with reading(request.app.state.engine) as connection:
        texts = queries.read_texts(connection, ids)
    if any(key not in texts for key in ids):
        raise HTTPException(404, "no such article")
    first, second = (texts[key] for key in ids)
    view = choice_of(request, "view", VIEWS)
    # Of two scripts every other character would differ: then only words are compared, unless asked otherwise.
    script = choice_of(request, "script", SCRIPTS if script_of(first) == script_of(second) else SCRIPTS[::-1])
    same = {"a": ids[0], "b": ids[1], "script": script, "view": view}
    links = {
        "script": link("/difference", **same | {"script": "printed" if script == "one" else "one"}),
        "view": link("/difference", **same | {"view": "one" if view == "beside" else "beside"}),
        "swapped": link("/difference", **same | {"a": ids[1], "b": ids[0]}),
    }
    return render("difference.html", first=first, second=second, script=script, view=view, links=links, **compared(first, second, script))


def script_of(copy: Mapping[str, Any]) -> str:
    """Return how a text's language is written: `Hans`, `Hant`; empty where it says no more."""
    return str(copy["language"] or "").partition("-")[2]


def compared(first: Mapping[str, Any], second: Mapping[str, Any], script: str) -> dict[str, Any]:
    """Compare headlines and texts; what templates show of it."""
    whole = compare(*(in_script(copy["text"], script) for copy in (first, second)))
    titles = compare(*(in_script(copy["title"], script) for copy in (first, second)))
    return {
        "text": whole,
        "titles": titles,
        "rows": in_rows(whole),
        "counts": count_changes(whole),
        "changes": list_changes(whole),
        "where": _where(whole),
    }


def _where(found: Difference) -> Markup:
    """Draw where in the text the changes stand."""
    parts: Sequence[charts.Part] = [("same" if s.change == "equal" else s.change, len(s.text)) for s in found.segments]
    return charts.bar(parts, f"{100 * found.similarity:.0f} % of the characters are the same")

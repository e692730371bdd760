"""Undo damage before anything drops private-use characters or folds width."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipelines.errors import PageQuarantined, Reason
from pipelines.repair.annotated import MIN_ANNOTATED, find_annotations
from pipelines.repair.disguise import Undone, undo
from pipelines.repair.glance import glance
from pipelines.repair.inverses import find_inverses
from pipelines.repair.losses import count_lost, count_obfuscated
from pipelines.repair.model import LanguageModel
from pipelines.repair.runs import EATEN
from pipelines.repair.screen import find_pairs, screen_disguise
from pipelines.repair.script import settle_zhe
from pipelines.types import ChangedSpan, DecodedPage, Note, Repair

NOTES = {"unsure": Note.REPAIR_UNSURE, "unread": Note.REPAIR_UNSURE, "lost_text": Note.LOST_TEXT}
"""Kinds of repair that leave a doubt."""
OBFUSCATED = "font_obfuscated"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedText:
    """A text after repair; the same object as given where nothing was damaged."""

    text: str
    repairs: tuple[Repair, ...] = ()
    changed: tuple[ChangedSpan, ...] = ()
    """Places in the damaged text; conversion to Simplified and width are not listed place by place."""
    disguised: bool = False


def repair(page: DecodedPage, load_model: Callable[[], LanguageModel]) -> DecodedPage:
    """Return the page with its damage undone; a page without the fingerprint is returned as it is (the same object).

    `load_model` is called only when a disguised page is met. On a disguised page 著 becomes 着 again where it was;
    `repair_text` leaves that open, as OpenCC does. Stray zero-width characters go too.

    Raises:
        PageQuarantined: the text can be read only with the page's own font.
    """
    repaired = repair_text(page.text, load_model, min_invisible=1, n_errors=page.charset.errors)
    if not repaired.repairs:
        return page
    if any(done.kind == OBFUSCATED for done in repaired.repairs):
        raise PageQuarantined(Reason.FONT_OBFUSCATED, stage="repair", url=page.fetched.final_url)
    text = settle_zhe(repaired.text) if repaired.disguised else repaired.text
    notes = dict.fromkeys((*page.notes, *(NOTES[done.kind] for done in repaired.repairs if done.kind in NOTES)))
    return replace(
        page,
        text=text,
        repairs=page.repairs + repaired.repairs,
        disguised=repaired.disguised or page.disguised,
        damaged_text=page.text if text != page.text else None,
        changed=repaired.changed,
        notes=tuple(notes),
    )


def repair_text(text: str, load_model: Callable[[], LanguageModel], *, min_invisible: int = 4, n_errors: int = 0) -> RepairedText:
    """Undo the damage of plain text or HTML source; what cannot be undone is counted among the repairs.

    Fewer zero-width characters than `min_invisible` are let stand: an author's stray one is not damage.
    `n_errors`: replacement characters that decoding made.
    """
    seen = glance(text)
    found = find_inverses(text, seen, min_invisible=min_invisible)
    n_unsure = sum(change.after.count(EATEN) for change in found)
    inverted = [replace(change, after=change.after.replace(EATEN, "?")) for change in found] if n_unsure else found
    readable = _applied(text, inverted)
    seen = glance(readable) if inverted else seen
    pairs = find_pairs(readable)
    fingerprint = screen_disguise(readable, pairs, seen)
    undone = undo(readable, fingerprint, load_model()) if fingerprint else None
    annotated = [] if undone or len(pairs) < MIN_ANNOTATED else find_annotations(readable)
    n_obfuscated = 0 if undone else count_obfuscated(readable, seen)
    n_lost = count_lost(undone.text, glance(undone.text), n_errors) if undone else count_lost(readable, seen, n_errors)
    if not (inverted or undone or annotated or n_obfuscated or n_lost):  # most pages
        return RepairedText(text=text)
    counts: Counter[str] = Counter(change.kind for change in (*inverted, *annotated))
    counts += _counted(undone) if undone else Counter({OBFUSCATED: n_obfuscated})
    counts += Counter({"unsure": n_unsure, "lost_text": n_lost})
    later = undone.changed if undone else annotated
    return RepairedText(
        text=undone.text if undone else _applied(readable, annotated),
        repairs=tuple(Repair(kind=kind, count=count) for kind, count in counts.items()),
        changed=(*inverted, *_as_of_before(later, inverted)),
        disguised=bool(undone or annotated),
    )


def _counted(undone: Undone) -> Counter[str]:
    return +Counter(
        {
            "pinyin": undone.n_pinyin,
            "split_character": undone.n_splits,
            "inserted_comma": undone.n_commas,
            "unsure": undone.n_unsure,
            "unread": undone.n_unread,
        }
    )


def _applied(text: str, changes: Sequence[ChangedSpan]) -> str:
    """Return the text with the changes made; the same object where there are none."""
    if not changes:
        return text
    pieces, reached = [], 0
    for change in changes:
        pieces += [text[reached : change.start], change.after]
        reached = change.start + len(change.before)
    return "".join((*pieces, text[reached:]))


def _as_of_before(later: Sequence[ChangedSpan], earlier: Sequence[ChangedSpan]) -> list[ChangedSpan]:
    """Count the offsets of later changes in the text as it was before the earlier ones."""
    if not earlier:
        return list(later)
    moved, place, shift = [], 0, 0
    for change in later:
        while place < len(earlier) and earlier[place].start <= change.start + shift:
            shift += len(earlier[place].before) - len(earlier[place].after)
            place += 1
        moved.append(replace(change, start=change.start + shift))
    return moved

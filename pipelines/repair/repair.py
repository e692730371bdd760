"""Undo damage before anything drops private-use characters or folds width."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pipelines.repair.disguise import Undone, undo
from pipelines.repair.model import LanguageModel
from pipelines.repair.screen import screen_disguise
from pipelines.repair.script import settle_zhe
from pipelines.types import ChangedSpan, DecodedPage, Note, Repair

NOTES = {"unsure": Note.REPAIR_UNSURE, "lost_text": Note.LOST_TEXT}
"""Kinds of repair that leave a doubt."""


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

    `load_model` is called only when a damaged page is met. On a disguised page 著 becomes 着 again where it was; `repair_text`
    leaves that open, as OpenCC does.
    """
    repaired = repair_text(page.text, load_model)
    if not repaired.repairs:
        return page
    text = settle_zhe(repaired.text) if repaired.disguised else repaired.text
    return replace(
        page,
        text=text,
        repairs=page.repairs + repaired.repairs,
        disguised=repaired.disguised or page.disguised,
        damaged_text=page.text if text != page.text else None,
        changed=repaired.changed,
        notes=page.notes + tuple(NOTES[done.kind] for done in repaired.repairs if done.kind in NOTES),
    )


def repair_text(text: str, load_model: Callable[[], LanguageModel]) -> RepairedText:
    """Undo the damage of plain text or HTML source."""
    fingerprint = screen_disguise(text)
    undone = undo(text, fingerprint, load_model()) if fingerprint else None
    if not undone:
        return RepairedText(text=text)
    return RepairedText(text=undone.text, repairs=_counted(undone), changed=undone.changed, disguised=True)


def _counted(undone: Undone) -> tuple[Repair, ...]:
    counts = {
        "pinyin": undone.n_pinyin,
        "split_character": undone.n_splits,
        "inserted_comma": undone.n_commas,
        "unsure": undone.n_unsure,
    }
    return tuple(Repair(kind=kind, count=count) for kind, count in counts.items() if count)

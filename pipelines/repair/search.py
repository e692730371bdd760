"""Choose among the readings of a run with the language model; leave '?' where it is not sure."""

import math
from dataclasses import dataclass

from pipelines.repair.lattice import Covered, Place, cover, likelihood
from pipelines.repair.model import LanguageModel
from pipelines.repair.page_words import PAIR, PageWords
from pipelines.repair.runs import EATEN, Reading

SURE = 0.85
"""Share of belief a character needs; measured: recovery falls slowly above, wrong characters rise below."""
USUAL = 7.0
"""What a character of good text costs, natural logarithm, so that readings of unequal length can be compared; measured 5 to 7."""
LACKING = 12.0
"""What it costs to suppose a lost private-use character; about one pair of bytes in twelve makes one."""
PLAIN = -5.5
"""Mean score of good text."""
POOREST = -9.5
"""Mean score below which a reading is no text, whatever it is compared with."""
CONTEXT = 5
"""Characters looked at on each side of a run."""
NEVER_CHOSEN = frozenset("0a ")
"""The model's alphabet does not say which digit, letter or space it was."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading taken for a run."""

    text: str
    """With EATEN at each character that is not sure."""
    end: int
    gain: float
    """How much better than the text as shown, natural logarithm."""
    is_plain: bool
    """Good text, sure at every character: no other way to read the run needs a look."""


@dataclass(frozen=True, slots=True)
class _Filled:
    reading: Reading
    places: tuple[dict[str, str], ...]
    """At each place what may stand there: in the model's alphabet, and as the page would print it."""
    covered: Covered
    n_before: int
    n_places: int
    """Places scored, neighbours with them."""


def choose(text: str, before: str, options: list[Reading], model: LanguageModel, page: PageWords) -> Choice | None:
    """Return the best reading of a run of `text`; None where no reading has only known characters.

    `before`: the repaired text up to the run.
    """
    context = model.normal("\n" + before)[-CONTEXT:]
    context = context[max(0, context.rfind("\n")) :]
    scored = [found for option in options if (found := _fill(text, context, option, model, page))]
    if not scored:
        return None
    merits = [found.covered.score + USUAL * found.n_places - LACKING * found.reading.lacks_private for found in scored]
    order = max(range(len(merits)), key=merits.__getitem__)
    best = scored[order]
    if best.covered.score < POOREST * best.n_places:
        return None
    share = 1.0 / sum(math.exp(merit - merits[order]) for merit in merits)
    gain = best.covered.score - _shown_score(text, context, best.reading, model)
    written = _written(best, share)
    is_plain = EATEN not in written and best.covered.score > PLAIN * best.n_places
    return Choice(written + best.reading.tail, best.reading.end, gain, is_plain)


def _written(filled: _Filled, share: float) -> str:
    written = []
    for number, place in enumerate(filled.places):
        beliefs = filled.covered.beliefs[filled.n_before + number]
        char, belief = max(beliefs.items(), key=lambda item: item[1], default=("", 0.0))
        written.append(place[char] if char in place and belief * share >= SURE else EATEN)
    return "".join(written)


def _following(text: str, reading: Reading, model: LanguageModel) -> str:
    if reading.tail == EATEN:
        return ""
    after = model.normal(reading.tail + PAIR.sub("", text[reading.end : reading.end + 6 * CONTEXT] + "\n").partition("?")[0])
    return after[: min(CONTEXT, after.find("\n") + 1 or CONTEXT)]


def _fill(text: str, context: str, reading: Reading, model: LanguageModel, page: PageWords) -> _Filled | None:
    places = tuple(_known(chars, model) for chars in reading.places)
    if not all(places):
        return None
    around: list[Place] = [*context, *(tuple(place) for place in places), *_following(text, reading, model)]
    covered = cover(around, model, page)
    return _Filled(reading, places, covered, len(context), len(around)) if covered else None


def _known(chars: tuple[str, ...], model: LanguageModel) -> dict[str, str]:
    """Return what may stand at a place: in the model's alphabet, and as the page would print it."""
    known = model.printed.get(chars)
    if known is None:
        normal = {model.normal(char): char for char in reversed(chars)}
        never = NEVER_CHOSEN if len(chars) > 1 else frozenset[str]()
        known = model.printed[chars] = {key: char for key, char in normal.items() if key in model.letters and key not in never}
    return known


def _shown_score(text: str, context: str, reading: Reading, model: LanguageModel) -> float:
    """Score the text as shown, over the same stretch and neighbours; damage that comes again on the page does not count for it."""
    shown = model.normal(PAIR.sub("", text[reading.start : reading.end]))
    places: list[Place] = [*context, *shown, *_following(text, reading, model)]
    return likelihood(places, model)

"""How often a list brings something new, hour by hour of the day, learned from its visits; and when the next visit is worth a request.

The rate of each hour is the mean of a gamma distribution: news of that hour over time watched in it, both fading, drawn towards the mean of the
whole list (Poisson rates with a conjugate prior, as in Cho and Garcia-Molina, "Estimating frequency of change", 2003). A request is worth
its price when the list is expected to hold news younger than an hour that nobody has seen: visiting the hours above a threshold and leaving
the others is what makes most news of a budget of requests fresh, since a visit saves only what is younger than the promise.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from math import exp

PROMISE_S = 3600.0
"""News are to be seen within this time."""
EARLY_S = 300.0
"""A list falls due so much before: the tick that fetches it comes later."""
STEP_S = 600.0
"""Of looking ahead."""
LATEST_S = 24 * 3600.0
"""Every list is asked once a day: what was dead may come back."""
LEAST_PRICE, MOST_PRICE = 0.01, 0.25
"""Fresh news a request must be expected to bring: bounds of the price, which the whole of all lists sets."""
LEFT_OUT = 0.015
"""Share of all news that may be expected in the hours that are not worth a request."""
VISITED_HOURS = 17.0
"""Of 24, the mean over all lists: little more than a third of what asking every half an hour costs, when each is asked once in it."""
PILED_UP = 0.5
"""News waiting, expected, for which a list is asked at any hour."""
MOST_EXCHANGED = 0.5
"""Share of a list that may be new between two visits: more, and some would scroll off unseen."""
MEMORY_H = 14 * 24.0
"""Time constant of forgetting: two weeks, so that a list is known by its weekdays and its weekend, and a change is learned."""
FIRST_NEWS, FIRST_HOURS = 0.5, 2.0
"""What is believed of a list never watched: a quarter of an article an hour, forgotten after half a day without one."""
HOUR_NEWS = 0.5
"""Pull of the list's mean on each hour: as much as half an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What is known of a list. News and hours fade with time."""

    seen_s: float
    """When it was last read, seconds since 1970."""
    length: int = 0
    """Links it held then."""
    news: tuple[float, ...] = (0.0,) * 24
    """By hour of the day, UTC."""
    hours: tuple[float, ...] = (0.0,) * 24
    """Watched, by hour of the day."""

    def rates(self) -> list[float]:
        """Return the expected news an hour, by hour of the day."""
        mean = (sum(self.news) + FIRST_NEWS) / (sum(self.hours) + FIRST_HOURS)
        drawn = HOUR_NEWS / mean
        return [(n + HOUR_NEWS) / (h + drawn) for n, h in zip(self.news, self.hours, strict=True)]

    def dump(self) -> str:
        """Write it for the database."""
        return json.dumps({**asdict(self), "news": [round(n, 3) for n in self.news], "hours": [round(h, 3) for h in self.hours]})


def load_rhythm(text: str | None) -> Rhythm | None:
    """Read what `dump` wrote; None: nothing is known."""
    if text is None:
        return None
    row = json.loads(text)
    return Rhythm(seen_s=row["seen_s"], length=row["length"], news=tuple(row["news"]), hours=tuple(row["hours"]))


def learn(before: Rhythm | None, now_s: float, n_new: int, length: int | None) -> Rhythm:
    """Take a visit into account: so many new links since the last one; `length` None: as long as before.

    The first visit tells nothing: how old its links are is not known.
    """
    if before is None:
        return Rhythm(seen_s=now_s, length=length or 0)
    length = before.length if length is None else length
    if now_s <= before.seen_s:  # the clock was set back: what was watched is not known
        return replace(before, seen_s=now_s, length=length)
    rates, pieces = before.rates(), list(_pieces(before.seen_s, now_s))
    expected = sum(rates[hour] * part_h for hour, part_h in pieces)
    kept = exp(-(now_s - before.seen_s) / 3600 / MEMORY_H)
    news, hours = [n * kept for n in before.news], [h * kept for h in before.hours]
    for hour, part_h in pieces:
        hours[hour] += part_h
        news[hour] += n_new * rates[hour] * part_h / expected  # when in the time it was published is not known: shared out as expected
    return Rhythm(seen_s=now_s, length=length, news=tuple(news), hours=tuple(hours))


def _pieces(from_s: float, to_s: float) -> Iterator[tuple[int, float]]:
    """Cut a time at full hours: hour of the day, and how much of it."""
    from_s = max(from_s, to_s - 7 * 86400.0)
    while from_s < to_s:
        end_s = min(to_s, (from_s // 3600 + 1) * 3600)
        yield int(from_s // 3600) % 24, (end_s - from_s) / 3600
        from_s = end_s


def price_of(rhythms: Sequence[Rhythm]) -> float:
    """Set the price of a request: of the hours of all lists the best are worth one, as many as hold nearly all news, within the budget."""
    rates = sorted(rate for rhythm in rhythms for rate in rhythm.rates())
    if not rates:
        return LEAST_PRICE
    n_over = max(0, len(rates) - round(VISITED_HOURS * len(rhythms)))
    most_left = LEFT_OUT * sum(rates)
    n_poor = next(n for n, so_far in enumerate(accumulate(rates)) if so_far > most_left)
    return min(MOST_PRICE, max(LEAST_PRICE, rates[max(n_poor, n_over)]))


def wait_s(rhythm: Rhythm, price: float, least_s: float) -> float:
    """Return the seconds from its last reading until a list is worth a request."""
    rates, step_h = rhythm.rates(), STEP_S / 3600
    most = max(1.0, MOST_EXCHANGED * rhythm.length)
    n_fresh = round(PROMISE_S / STEP_S)
    steps: list[float] = []
    waiting, after_s = 0.0, 0.0
    while after_s < LATEST_S:
        steps.append(rates[int((rhythm.seen_s + after_s) // 3600) % 24] * step_h)
        waiting += steps[-1]
        after_s += STEP_S
        is_old = after_s >= PROMISE_S  # what came just after the last visit would not be seen in time by a later one
        if waiting >= most or (is_old and (sum(steps[-n_fresh:]) >= price or waiting >= PILED_UP)):
            break
    return max(least_s, after_s - EARLY_S)

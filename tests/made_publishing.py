"""Made-up sites that publish: most by day, some around the clock, some one edition a morning; busy, slow, dead, and some that start or stop."""

import math
import random
from bisect import bisect_right
from dataclasses import dataclass

DAY_S, HOUR_S = 86400.0, 3600.0
OFFICE = (5, 3, 2, 2, 3, 10, 40, 80, 130, 160, 160, 140, 100, 110, 150, 160, 150, 130, 90, 80, 70, 50, 30, 15)
ROUND_THE_CLOCK = (50,) * 7 + (130,) * 15 + (80,) * 2
EVEN = (100,) * 24


@dataclass(frozen=True, slots=True)
class PublishingSite:
    """When its articles come out, and how many its list holds."""

    a_day: float
    published: tuple[float, ...]
    """Seconds, ascending."""
    length: int

    def between(self, from_s: float, to_s: float) -> tuple[float, ...]:
        """Return what came out after `from_s`, up to `to_s`."""
        return self.published[bisect_right(self.published, from_s) : bisect_right(self.published, to_s)]


def made_site(chance: random.Random, start_s: float, n_days: int, median_a_day: float = 6.0) -> PublishingSite:
    """Make up a site: articles a day are spread over three orders of magnitude, one site in twelve is dead."""
    a_day = 0.0 if chance.random() < 0.08 else min(300.0, median_a_day * math.exp(chance.gauss(0, 1.3)))
    hours, is_edition = _hours(chance)
    weekend, at_once = chance.choice((0.3, 0.6, 1.0)), chance.choice((1, 1, 1, 2, 4))
    begins = chance.uniform(1, n_days) if chance.random() < 0.05 else 0.0
    ends = chance.uniform(n_days / 6, n_days) if chance.random() < 0.05 else n_days
    published: list[float] = []
    for day in range(n_days):
        today = a_day * (weekend if day % 7 >= 5 else 1.0) * math.exp(chance.gauss(0, 0.25))
        for hour in range(24):
            if begins <= day + hour / 24 < ends:
                hour_s = start_s + day * DAY_S + hour * HOUR_S
                for _ in range(_poisson(chance, today * hours[hour] / at_once)):
                    at = hour_s + chance.random() * HOUR_S
                    published += [at + chance.random() * 60 for _ in range(at_once)]
    length = max(30, round(2 * a_day)) if is_edition else chance.choice((20, 30, 50))
    return PublishingSite(a_day, tuple(sorted(published)), length)


def _hours(chance: random.Random) -> tuple[list[float], bool]:
    """Return each UTC hour's share of a day, and whether the site brings out one edition a day."""
    kind = chance.random()
    if kind < 0.6:
        shift = chance.choice((-1, 0, 0, 0, 1))
        local = OFFICE[shift:] + OFFICE[:shift]
    elif kind < 0.8:
        local = ROUND_THE_CLOCK
    elif kind < 0.92:
        edition = chance.choice((5, 6, 7))
        local = tuple(600 if h == edition else 150 if h == edition + 1 else 2 for h in range(24))
    else:
        local = EVEN
    return [local[(hour + 8) % 24] / sum(local) for hour in range(24)], 0.8 <= kind < 0.92


def _poisson(chance: random.Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    floor, n, product = math.exp(-mean), 0, chance.random()
    while product >= floor:
        n, product = n + 1, product * chance.random()
    return n

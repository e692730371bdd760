"""Candidates are those that the rules name, as a slow reading of the rules finds them, on both engines."""

import random
from collections import defaultdict

import pytest
from sqlalchemy import Engine

import storage.story_postings
from storage.database import reading, writing
from storage.story_candidates import CAP, MAX_CANDIDATES, MAX_NEAREST, NEAR_DAYS, find_pairs
from storage.story_postings import Posting, add_postings


def made_postings(seed: int, n_pages: int, n_hashes: int, n_days: int) -> list[Posting]:
    """Few hashes make each of them frequent."""
    chance = random.Random(seed)
    values = [chance.randint(-(2**31), 2**31 - 1) for _ in range(n_hashes)]
    return [
        Posting(
            page=page, day=chance.randint(0, n_days), hashes=tuple(sorted(set(chance.sample(values, chance.randint(0, min(8, n_hashes))))))
        )
        for page in range(1, n_pages + 1)
    ]


def slowly(held: list[Posting], asked: list[Posting]) -> list[tuple[int, int]]:
    pairs = set()
    for posting in asked:
        score: dict[int, float] = defaultdict(float)
        n_shared: dict[int, int] = defaultdict(int)
        apart = {p.page: abs(p.day - posting.day) for p in held}
        for value in posting.hashes:
            having = [p for p in held if value in p.hashes]
            if len(having) > CAP:
                later = sorted((p.day, p.page) for p in having if p.day >= posting.day)[: CAP // 2]
                earlier = sorted(((p.day, p.page) for p in having if p.day < posting.day), reverse=True)[: CAP // 2]
                others = [page for _, page in later + earlier]
            else:
                others = [p.page for p in having]
            others = [page for page in others if page != posting.page]
            for page in others:
                score[page] += (len(others) + 1) ** -0.5
                n_shared[page] += 1
        chosen = [page for page in score if n_shared[page] > 1 or apart[page] <= NEAR_DAYS]
        best = sorted(chosen, key=lambda page: (-round(score[page], 6), apart[page], page))
        near = sorted(best[MAX_CANDIDATES:], key=lambda page: (apart[page], -round(score[page], 6), page))
        pairs |= {(min(posting.page, page), max(posting.page, page)) for page in best[:MAX_CANDIDATES] + near[:MAX_NEAREST]}
    return sorted(pairs)


@pytest.mark.parametrize(("n_hashes", "n_days"), [(5, 40), (40, 3), (40, 400), (2_000, 40)])
def test_candidates_are_those_the_rules_name(engine: Engine, monkeypatch: pytest.MonkeyPatch, n_hashes: int, n_days: int) -> None:
    monkeypatch.setattr(storage.story_postings, "PAGES_APART", 150)  # so that some are in the large table, some in the one of new pages
    held = made_postings(n_hashes, 400, n_hashes, n_days)
    with writing(engine) as connection:
        for first in range(0, len(held), 50):
            add_postings(connection, held[first : first + 50])
    with reading(engine) as connection:
        for asked in (held[:50], held[330:], held[7:8]):
            assert find_pairs(connection, asked) == slowly(held, asked)
        assert find_pairs(connection, []) == []

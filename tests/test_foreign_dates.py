"""Dates of pages in other languages: the byline in the page's own words, read by dateparser or by our own forms, never guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.load_rules import load_rule_book
from pipelines.ingest import process
from pipelines.normalize.dates import parse_header_date
from pipelines.record import record_of
from pipelines.types import FetchedPage

NOON = datetime(2024, 3, 9, 12, 0, tzinfo=UTC)
LINES = {
    "9 марта 2024, 08:12": "2024-03-09T08:12:00+00:00 minute",
    "Опубликовано 9 марта 2024 г. в 08:12": "2024-03-09T08:12:00+00:00 minute",
    "2 часа назад": "2024-03-09T10:00:00+00:00 hour",
    "вчера, 08:12": "2024-03-08T08:12:00+00:00 minute",
    "9. März 2024, 08.12 Uhr": "2024-03-09T08:12:00+00:00 minute",
    "vor 2 Stunden": "2024-03-09T10:00:00+00:00 hour",
    "Publié le 9 mars 2024 à 08h12": "2024-03-09T08:12:00+00:00 minute",
    "9 de marzo de 2024": "2024-03-09T00:00:00+00:00 day",
    "9 de março de 2024 às 08h12": "2024-03-09T08:12:00+00:00 minute",
    "9 maggio 2023": "2023-05-09T00:00:00+00:00 day",
    "2024年3月9日 午前8時12分": "2024-03-09T08:12:00+00:00 minute",
    "3時間前": "2024-03-09T09:00:00+00:00 hour",
    "令和6年3月9日": "2024-03-09T00:00:00+00:00 day",
    "2024년 3월 9일 08:12": "2024-03-09T08:12:00+00:00 minute",
    "2024.03.08. 오후 8:12": "2024-03-08T20:12:00+00:00 minute",
    "3시간 전": "2024-03-09T09:00:00+00:00 hour",
    "입력 2024.03.09 08:12": "2024-03-09T08:12:00+00:00 minute",
}
NOTHING = ["03/04/2024 08:12", "May 6", "9 из 2024 заявок", "Ausgabe 3/2024", "3 Stunden Musik", "2024년 예산"]


@pytest.mark.parametrize("text", LINES)
def test_a_line_is_read(text: str) -> None:
    found = parse_header_date(text, reference=NOON, timezone="UTC")
    assert found is not None
    assert f"{found.isoformat()} {found.precision.value}" == LINES[text]


@pytest.mark.parametrize("text", NOTHING)
def test_no_date_is_guessed(text: str) -> None:
    assert parse_header_date(text, reference=NOON, timezone="UTC") is None


RUSSIAN = "<p>Городская библиотека объявила, что осенью откроет три новых читальных зала, и число читателей вырастет на треть.</p>" * 6
GERMAN = "<p>Die Stadtbibliothek teilte mit, dass sie im Herbst drei neue Lesesäle eröffnet und die Öffnungszeiten verlängert.</p>" * 6
KOREAN = "<p>시립 도서관은 가을에 새로운 열람실 세 곳을 열고 개관 시간을 늘린다고 밝혔다. 독자는 지난해보다 크게 늘었다.</p>" * 6


def read(title: str, byline: str, text: str, *, is_live: bool = True) -> dict[str, Any]:
    html = f"<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1><div>{byline}</div><article>{text}</article></body></html>"
    url = "https://library.example/news/1"
    headers = (("content-type", "text/html; charset=utf-8"),) if is_live else ()
    return record_of(
        process(FetchedPage(url=url, final_url=url, status=200, headers=headers, body=html.encode(), fetched_at=NOON), load_rule_book())
    )


@pytest.mark.parametrize(
    ("title", "byline", "text", "expected"),
    [
        ("Библиотека откроет три читальных зала", "Анна Петрова, 9 марта 2024, 08:12", RUSSIAN, ("2024-03-09T08:12", "minute")),
        ("Bibliothek eröffnet drei Lesesäle", "Von Eva Lind, 9. März 2024, 08:12 Uhr", GERMAN, ("2024-03-09T08:12", "minute")),
        ("도서관, 열람실 세 곳 새로 연다", "김하나 기자 2024년 3월 9일 08:12", KOREAN, ("2024-03-09T08:12", "minute")),
    ],
)
def test_the_byline_of_a_page_tells_its_minute(title: str, byline: str, text: str, expected: tuple[str, str]) -> None:
    record = read(title, byline, text)
    assert (record["published_at"][:16], record["published_precision"]) == expected


def test_a_time_counted_back_needs_a_known_fetch() -> None:
    assert read("Bibliothek eröffnet drei Lesesäle", "vor 2 Stunden", GERMAN)["published_precision"] == "hour"
    assert read("Bibliothek eröffnet drei Lesesäle", "vor 2 Stunden", GERMAN, is_live=False)["published_at"] is None

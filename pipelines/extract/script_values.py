"""The values that the scripts of a page hold: JSON in the wrappings of frameworks, objects as JavaScript writes them, strings alone.

JavaScript's own spelling (keys without quotation marks, single ones, names for values) is read by chompjs, which is made for that; it runs no code.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import chompjs

OPENING = re.compile(r"[=(]\s*(?=[{\[])|^\s*(?=[{\[])")
KEYED = re.compile(r"""(?:[cC]ontent|[bB]ody|[hH]tml|[tT]ext|[dD]etail)\w{0,20}["']?\s*:\s*["'`]""")
"""A key whose string may be the text of an article, in an object as JavaScript writes it."""
ALONE = re.compile(
    r"""(?:(?:[cC]ontent|[aA]rticle|[bB]ody|[tT]xt|[tT]ext)\w{0,20}["']?\s*[:=]\s*|document\.write(?:ln)?\(\s*)(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
    re.DOTALL,
)
"""A string under such a name, whatever stands around it."""
PARSED = re.compile(r"""JSON\.parse\(\s*(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", re.DOTALL)
PUSHED = re.compile(r"""__next_f\.push\(\[1,\s*(?P<string>"(?:[^"\\]|\\.)*")""", re.DOTALL)
"""A piece of what the server sends beside a page of Next.js: rows of an id and a value, cut anywhere."""
ROW = re.compile(r"^(?P<id>[0-9a-f]+):(?:T(?P<size>[0-9a-f]+),|(?=[{\[]))", re.MULTILINE)
CALLED = re.compile(r"\(function\s*\((?P<names>[\w$,\s]*)\)\s*\{\s*return\s*(?=\{)")
"""What Nuxt writes: a function whose parameters stand for the values."""
N_KEYED = 4
"""Objects of a script that are read as JavaScript writes them."""
MAX_DEPTH = 40


def join_pushed(scripts: Iterable[str]) -> list[str]:
    """Return the scripts of a page with those made one that hold pieces of the same rows (Next.js)."""
    held = list(scripts)
    return [*(script for script in held if "__next_f" not in script), "".join(script for script in held if "__next_f" in script)]


def script_values(script: str) -> Iterator[Any]:
    """Give the objects and lists that a script holds as JSON, or as the arguments and strings of JavaScript.

    >>> list(script_values('window.a = {"b": 1};')), list(script_values('%7B%22b%22%3A1%7D'))
    ([{'b': 1}], [{'b': 1}])
    >>> list(script_values("a = JSON.parse('{\\"b\\": 1}')"))
    [{'b': 1}]
    """
    if script.lstrip()[:3].upper() in ("%7B", "%5B"):
        script = unquote(script)
    yield from _json_values(script)
    if "JSON.parse" in script:
        for place in PARSED.finditer(script):
            yield from _json_values(_string(place["string"]))
    if "__next_f" in script:
        yield from _pushed("".join(_string(place["string"]) for place in PUSHED.finditer(script)))
    if "function" in script and (called := CALLED.search(script)):
        yield from _called(script, called)


def literals(script: str) -> Iterator[Any]:
    """Give the objects around keys of text, as JavaScript writes them."""
    for _, place in zip(range(N_KEYED), KEYED.finditer(script), strict=False):
        # The innermost object around the key: what stands outside of it may be code.
        start = _enclosing(script, place.start())
        if start >= 0 and isinstance(value := _read(script[start:]), dict):
            yield value


def strings(script: str) -> Iterator[str]:
    """Give the strings that a script assigns to names of text, or writes into the page."""
    for place in ALONE.finditer(script):
        yield _string(place["string"])


def _json_values(script: str) -> Iterator[Any]:
    decoder, end = json.JSONDecoder(strict=False), 0
    for place in OPENING.finditer(script):
        if place.end() >= end:
            try:
                value, end = decoder.raw_decode(script, place.end())
            except (ValueError, RecursionError):
                continue
            yield value


def _string(printed: str) -> str:
    """Return what a string of JavaScript means; "" where it is none."""
    value = _read(f"[{printed}]")
    return value[0] if isinstance(value, list) and value and isinstance(value[0], str) else ""


def _read(literal: str) -> Any:
    try:
        return chompjs.parse_js_object(literal, loader_kwargs={"strict": False})
    except (ValueError, RecursionError):
        return None


def _enclosing(script: str, place: int) -> int:
    """Return where the object around a place opens; -1: nowhere near."""
    depth = 0
    for i in range(place - 1, max(-1, place - 20_000), -1):
        depth += (script[i] == "}") - (script[i] == "{")
        if depth < 0:
            return i
    return -1


def _pushed(rows: str) -> Iterator[Any]:
    texts: dict[str, str] = {}
    values: list[Any] = []
    end = 0
    for row in ROW.finditer(rows):
        if row.start() < end:
            continue
        if row["size"]:
            # The size counts bytes.
            text = (
                rows[row.end() : row.end() + int(row["size"], 16)]
                .encode("utf-8", "replace")[: int(row["size"], 16)]
                .decode("utf-8", "ignore")
            )
            texts[f"${row['id']}"], end = text, row.end() + len(text)
            continue
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(rows, row.end())
        except (ValueError, RecursionError):
            continue
        values.append(value)
    yield from (_named(value, texts) for value in values)
    yield from ({"text": text} for text in texts.values())


def _called(script: str, called: re.Match[str]) -> Iterator[Any]:
    """Read a function that returns an object, and what it is called with."""
    names = [name.strip() for name in called["names"].split(",")]
    value = _read(script[called.end() :])
    start, end = script.rfind("}("), script.rfind("))")
    given = _read(f"[{script[start + 2 : end]}]") if 0 <= start < end else None
    if isinstance(value, dict) and isinstance(given, list):
        yield _named(value, dict(zip(names, given, strict=False)))


def _named(value: Any, values: Mapping[str, Any], depth: int = 0) -> Any:
    """Put what names stand for in their places."""
    if isinstance(value, str):
        return values.get(value, value)
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {key: _named(inner, values, depth + 1) for key, inner in value.items()}
    return [_named(inner, values, depth + 1) for inner in value] if isinstance(value, list) else value

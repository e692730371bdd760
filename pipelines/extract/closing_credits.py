"""Credits that close a text: in brackets behind its last sentence, behind a dash, as a list of the outlets it was put together from."""

import re
from collections.abc import Iterator, Sequence

from pipelines.either_script import compile_either
from pipelines.normalize.bylines import MASTHEAD, NO_MASTHEAD
from pipelines.normalize.credit_rules import CreditRules
from pipelines.normalize.names import WRITER, is_pen_name, is_person
from pipelines.normalize.sources import find_outlet
from pipelines.types import Block, Printed

CLOSING = re.compile(r"[（(【\[〔][^（()）【】\[\]〔〕]{2,80}[）)】\]〕][\s\d]{0,9}$")
SIGNED = compile_either(r"^[—–―-]{1,4}\s*(?:摘自|选自|原载|据)?(?P<name>《[^《》]{2,20}》.{0,16})$")
"""A paper named behind a dash at the end of a text."""
DASHED = re.compile(r"^[—–―]{1,4}\s?(?P<name>[㐀-鿿]{3,14})$")
CITED = compile_either("据《?(?P<name>[㐀-鿿]{3,14})》?$")
ISSUE = compile_either("》.*[年月期号版刊]")
PRINTED_ISSUE = re.compile(r"^[（(]?\s?《\s?(?P<name>[^《》]{2,16}?)\s?》\s?[（(]?\s?\d{4}年.{3,20}?[A-Z]?\d{1,3}\s?版.{0,8}$")
"""The paper and the page of it that print a text: 《某报》（2024年01月02日 第05版）."""
COMPILED = compile_either(
    r"^[（(【\[]?(?:(?:本文)?综合自?\s?[:：|｜丨]?\s?(?P<names>[^，。：:]{2,50}?)(?:等?(?:消息|报道|报导|整理))?"
    r"|据(?P<cited>[^，。：:]{2,50}?)(?:等)?(?:综合|整理|消息|报道)?(?:报道|整理)?)[）)】\]]?$"
)
"""The outlets that a text was put together from, at its end: （综合某社、某报）, （据某社、某报综合）."""
MATERIAL = compile_either(r"^[（(【]?(?:参考)?资料来源\s?[:：]\s?(?P<names>[^，。：:]{5,60}?)等?[）)】]?$")
"""The outlets that a text was put together from, as accounts close: 资料来源：某社 某报."""
MEDIA = frozenset(("agency", "paper", "broadcaster", "magazine", "site", "account"))
UNBRACKETED = compile_either(
    r"(?<=[。！？”])\s?(?:(?:文|编译|撰文|采写|图文|综合)[/／]\s?|[^，。！？”]{0,8}(?=记者))[^，。！？；：”]{2,24}$"
)
"""A byline behind the last sentence: …。文/某某某, …。本报记者 某某某."""
REPORTED_IN = compile_either(r"(?<=[。！？”」])[（(【][^（()）。]{2,30}[/／╱][^（()）。]{0,8}(?:报导|报道)[）)】]")
"""The same with words of another kind behind it on the page: …。（某某某／台中報導）關心…"""
BRACKETS = "（()）【】[] "
EDITOR = compile_either("编辑|责编|Editor")


def find_closing_credits(paragraphs: Sequence[str], rules: CreditRules) -> tuple[Printed, ...]:
    """Return the credits that close the last paragraphs of the clean body; of a body read from a script no block tells them."""
    return tuple(printed for paragraph in paragraphs[-2:] for printed in find_closing_bracket(paragraph, None, rules))


def find_closing_bracket(text: str, index: int | None, rules: CreditRules) -> Iterator[Printed]:
    """Yield the bracket or byline behind the last sentence of a block. `index`: of the block."""
    bracket = CLOSING.search(text[-100:])
    if bracket and (compiled := list(_compiled(bracket[0].strip(), index, rules))):
        yield from compiled
        return
    inner = bracket[0].strip(BRACKETS) if bracket else ""
    cited = CITED.match(inner)
    name = cited["name"] if cited else inner
    if _is_outlet(name, rules) and (cited or rules.outlets.find(name)):
        yield Printed(text=name, rule="signed", block=index)
        return
    match = bracket or _unbracketed(text[-60:]) or _reported_in(text[-160:])
    if match and (
        rules.credit_label.search(match[0])
        or EDITOR.search(match[0])
        or rules.reporter.search(match[0])
        or rules.tail.search(match[0].strip(BRACKETS))
        or rules.bare.match(match[0].strip(BRACKETS))
        or WRITER.search(match[0])
        or _is_paper_and_person(match[0].strip(BRACKETS), rules)
    ):
        yield Printed(text=match[0].strip(), rule="closing_bracket", block=index)


def _is_paper_and_person(inner: str, rules: CreditRules) -> bool:
    """Whether a paper or station and a name stand there, and no more: （某某日报 某某某）."""
    paper, _, name = inner.partition(" ")
    paper = paper.strip("《》")
    return bool(name) and is_person(name, rules) and (rules.outlet_tail.search(paper) is not None or find_outlet(paper, rules) is not None)


def _is_outlet(name: str, rules: CreditRules) -> bool:
    outlet = rules.outlets.find(name)
    if outlet is not None:
        return outlet.kind != "platform"
    return MASTHEAD.fullmatch(name) is not None and not NO_MASTHEAD.search(name) and len(name) > 3


def _unbracketed(text: str) -> re.Match[str] | None:
    return UNBRACKETED.search(text) if "/" in text or "／" in text or "者" in text else None


def _reported_in(text: str) -> re.Match[str] | None:
    return REPORTED_IN.search(text) if "／" in text or "/" in text or "╱" in text else None


def find_closing_name(block: Block, rules: CreditRules, *, is_alone: bool = False) -> Iterator[Printed]:
    """A bare name in brackets behind the last paragraph: the reporter. `is_alone`: it stands in a block of its own, where it is no pen name (待续)."""
    match = CLOSING.search(block.text[-20:])
    inner = match[0].strip(BRACKETS) if match else ""
    is_round = match is not None and match[0][0] in "（("  # 【详细】 is a button
    if 2 <= len(inner) <= 10 and (
        (is_round and not is_alone and is_pen_name(inner, rules)) or all(is_person(token, rules) for token in re.split("[ 、]", inner))
    ):
        yield Printed(text=match[0].strip() if match else "", rule="closing_name", block=block.index)


def _compiled(text: str, index: int | None, rules: CreditRules) -> Iterator[Printed]:
    match = COMPILED.match(text)
    names = re.split("[、；;，,和 ]+", (match["names"] or match["cited"]).strip("等 ")) if match else []
    known = [name for name in names if find_outlet(name, rules)]
    if match and known and all(name in known or rules.outlet_tail.search(name) for name in names):
        yield Printed(text="、".join(names), rule="signed", block=index)


def find_material(block: Block, rules: CreditRules) -> Iterator[Printed]:
    """Yield the outlets behind 资料来源 where there are two and all are known media: below a figure stand offices and databases."""
    match = MATERIAL.match(block.text) if "资料来源" in block.text[:8] or "資料來源" in block.text[:8] else None
    names = re.split("[、；;，,和 ]+", match["names"].strip()) if match else []
    outlets = [find_outlet(name, rules) for name in names]
    if len(names) > 1 and all(outlet and outlet.kind in MEDIA for outlet in outlets):
        yield Printed(text="、".join(names), rule="signed", block=block.index)


def find_signed(block: Block, rules: CreditRules) -> Iterator[Printed]:
    """Yield the outlets that a block names alone: those put together, the printed issue, the paper behind a dash."""
    yield from _compiled(block.text, block.index, rules)
    if len(block.text) <= 60 and (issue := PRINTED_ISSUE.match(block.text)):
        yield Printed(text=issue["name"], rule="signed", block=block.index)
    dashed = DASHED.match(block.text) if len(block.text) <= 18 else None
    if dashed and _is_outlet(dashed["name"], rules):
        yield Printed(text=dashed["name"], rule="signed", block=block.index)
    match = SIGNED.match(block.text) if len(block.text) <= 40 else None
    if match and (ISSUE.search(match["name"]) or rules.outlets.find(match["name"])):
        yield Printed(text=match["name"], rule="signed", block=block.index)

"""Notices, buttons and calls at the edges of a text, told by the words they are made of: their wordings are without number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.errors import RuleError

MAX_NOTICE, MAX_UNCLAIMED, MAX_TOOL = 400, 80, 40
"""Characters of the longest one, white space left out."""
OPENING = 16
"""Characters in which a notice says what it is about."""
MIN_CONCEPTS = 3
SHORT_NOTICE, MIN_SHORT = 45, 2
"""A notice of so few characters that opens with what it is about needs fewer concepts."""
HEADED = re.compile(r"(?:[^:】\]]{0,8}[:】\]]|\W)?\w{0,3}")
"""What may stand before it: a label, a sign, a word."""
NEVER = re.compile(r"(?!)")
MAX_CALL, MAX_LABEL = 70, 80
MIN_PARTS = 2
"""What a call is made of beside what it asks for."""
SLACK, MAX_LOOSE, MAX_HEADING, MIN_CLOSING = 0.25, 40, 12, 2
"""At a text's end: the share of a button's letters that may be of other words; characters of a line that less tells,
of a list's heading; words of notices and calls in one."""
ENDED = re.compile(r"[。!?…;:)】”」』~]\d{0,8}$")
"""Ends a paragraph."""
UNENDED = re.compile(r"^(?![(\[]?[\d一二三四五六七八九十]{1,2}[、.)\]])[^。]*[^。;:”」』]$")
"""No sentence, and no entry of a numbered list: sharing may be a step, 6. 分享你的故事."""
MAX_BETWEEN, MAX_SCRAP = 12, 45
"""Lines that go because of the lines around them, and their characters."""
TEXT = re.compile(
    r"[。;:”」』]$|^[(—*]|^.{0,8}(?:记者|通讯员|作者|译者)[:/]?[\u4e00-\u9fff·、]{2,10}$|^作者[系为:]|摄|完[)】]?$|^附|^注|编者|图[:/]|文[:/]|供图|报[道导]$|^据|来源|^\d{4}年\d{1,2}月(?:\d{1,2}日)?$"
    r"|^.{0,4}(?:时间|地[点址]|电话|票价|人均.{0,2}|价格|费用|单位|机构|名单|名额|对象|条件|日期|人选|规格|用法|联系人|联系方式):"
)
"""Found in the short lines that end a text: credits, notes, a date."""
CLOSERS = frozenset(("editor_line", "source_line", "disclaimer", "copyright", "comments", "keywords", "related", "share", "ad"))
"""Kinds of lines behind which no text follows."""
ROLES = frozenset("about claim concept house story tool prompt filler heading act medium self appeal address news errand desk line".split())
KEYS = frozenset(("role", "pattern", "seen"))


@dataclass(frozen=True, slots=True)
class EdgeRules:
    """data/tables/edge_words.toml, compiled."""

    about: re.Pattern[str] = NEVER
    claims: tuple[re.Pattern[str], ...] = ()
    concepts: tuple[re.Pattern[str], ...] = ()
    story: re.Pattern[str] = NEVER
    """Found in no notice."""
    tool: re.Pattern[str] = NEVER
    """Found in a line that may be a button."""
    prompt: re.Pattern[str] = NEVER
    """Found in one that stands between paragraphs."""
    word: re.Pattern[str] = NEVER
    """What such a line is made of. Cut out word by word: to try all ways to part a line takes time without bound."""

    heading: re.Pattern[str] = NEVER
    """Found in the heading of a list of other stories."""
    closing: re.Pattern[str] = NEVER
    """A word of any notice or call."""
    strong: re.Pattern[str] = NEVER
    """One that says more than whom or what it is about."""
    act: re.Pattern[str] = NEVER
    parts: tuple[re.Pattern[str], ...] = ()
    """What else a call is made of; the first two say whose it is."""
    errand: re.Pattern[str] = NEVER
    """Found in no call."""
    label: re.Pattern[str] = NEVER
    """Matches a label of a contact or a licence."""

    def is_call(self, squeezed: str) -> bool:
        """Tell whether a line asks the reader to do something with the site. `squeezed`: as below."""
        if len(squeezed) > MAX_CALL or self.act.search(squeezed) is None:
            return False
        met = [part.search(squeezed) is not None for part in self.parts]
        is_sentence = squeezed.endswith(("。", "。)", "。”"))
        has_more = not is_sentence and len(set(self.act.findall(squeezed))) > 1
        if (
            not any(met[:2]) or sum(met) + has_more < MIN_PARTS or (is_sentence and not met[2])
        ):  # a step of an instruction: 打开微信，点击右上角。
            return False
        return self.errand.search(squeezed) is None and self.story.search(squeezed) is None

    def is_label(self, squeezed: str) -> bool:
        """Tell whether a line gives the number, the address or the licence of the site. `squeezed`: as below."""
        return len(squeezed) <= MAX_LABEL and squeezed[-1:] != "。" and self.label.match(squeezed) is not None

    def is_notice(self, squeezed: str) -> bool:
        """Tell whether a line is a notice of the site. `squeezed`: folded, white space left out."""
        if len(squeezed) > MAX_NOTICE or (about := self.about.search(squeezed, 0, OPENING)) is None:
            return False
        opens = HEADED.fullmatch(squeezed, 0, about.start()) is not None
        least = MIN_SHORT if len(squeezed) <= SHORT_NOTICE and opens else MIN_CONCEPTS
        if self.story.search(squeezed) is not None:
            return False
        n_claims = sum([claim.search(squeezed) is not None for claim in self.claims])
        n_words = n_claims + sum([concept.search(squeezed) is not None for concept in self.concepts])
        return n_words >= least if n_claims else n_words >= MIN_CONCEPTS and len(squeezed) <= MAX_UNCLAIMED

    def is_button(self, squeezed: str) -> bool:
        """Tell whether a line is a button, a counter or an invitation. `squeezed`: as above."""
        if len(squeezed) > MAX_TOOL or squeezed[-1:] == "。":  # so does this
            return False
        return self.tool.search(squeezed) is not None and not self.word.sub("", squeezed)

    def kind_of(self, squeezed: str) -> str | None:
        """Return the kind of a line that is no text; None: it may be."""
        if self.is_notice(squeezed):
            return "disclaimer"
        if self.is_button(squeezed):
            return "share"
        if self.is_call(squeezed):
            return "ad"
        return "copyright" if self.is_label(squeezed) else None

    def loose_kind(self, squeezed: str, *, heads: bool) -> str | None:
        """Return the kind of a line that is no text if it stands behind a text's last sentence. `heads`: short lines stand below it."""
        if len(squeezed) > MAX_LOOSE or UNENDED.search(squeezed) is None or TEXT.search(squeezed) is not None:
            return None
        rest = self.word.sub("", squeezed)
        if heads and len(squeezed) <= MAX_HEADING and (not rest or self.heading.search(squeezed)) and any(map(str.isalpha, squeezed)):
            return "related"
        if self.errand.search(squeezed) is not None or self.story.search(squeezed) is not None:
            return None
        if len(rest) <= SLACK * sum(map(str.isalpha, squeezed)) and (
            len(set(self.tool.findall(squeezed))) > 1
            or (self.tool.search(squeezed) is not None and any(part.search(squeezed) for part in self.parts[1:4]))
        ):
            return "share"
        if squeezed[-1:] == "?" and not any(part.search(squeezed) for part in self.parts[2:4]):
            return None  # who asks a reader says so
        is_closing = len(set(self.closing.findall(squeezed))) >= MIN_CLOSING and self.strong.search(squeezed) is not None
        return "ad" if is_closing else None

    def find_edges(self, lines: Sequence[str], kinds: Sequence[str | None] = ()) -> dict[int, tuple[str, str]]:
        """Return kind and rule of the lines that stand before and behind a text and are none of it.

        `lines`: squeezed, the text's among them. `kinds`: of what was taken out before, None where a line stays; empty: nothing was.
        """
        kinds = kinds or [None] * len(lines)
        found: dict[int, tuple[str, str]] = {}
        for place, line in enumerate(lines):
            if kinds[place] is None:
                if (kind := self.kind_of(line)) is None:
                    break
                found[place] = (kind, f"edge_words:{kind}")
        found |= self._find_closing(lines, kinds)
        for place, line in enumerate(lines):
            if len(line) <= MAX_TOOL and kinds[place] is None and self.prompt.search(line) and self.is_button(line):
                found.setdefault(place, ("share", "edge_words:prompt"))
        return found

    def _find_closing(self, lines: Sequence[str], kinds: Sequence[str | None]) -> dict[int, tuple[str, str]]:
        """Return those behind the text; with them what less tells: calls without a sentence, headlines, tags between lines that are known."""
        found: dict[int, tuple[str, str]] = {}
        loose: dict[int, tuple[str, str]] = {}
        between: list[int] = []
        for place in range(len(lines) - 1, -1, -1):
            kind = kinds[place]
            if kind is None and (kind := self.kind_of(lines[place])) is not None:
                found[place] = (kind, f"edge_words:{kind}")
            elif kind is None and (kind := self.loose_kind(lines[place], heads=bool(between))) is not None:
                loose[place] = (kind, f"edge_words:loose_{kind}")
            elif kind is None:
                if len(between) < MAX_BETWEEN and is_scrap(lines[place]):
                    between.append(place)
                    continue
                return loose | found if ENDED.search(lines[place]) else found  # lines of a text that is broken anywhere look like them
            if kind in CLOSERS:
                loose |= dict.fromkeys(between, ("related", "edge_words:between"))
                between = []
        return found  # nothing but such lines: they are the text


def is_scrap(squeezed: str) -> bool:
    """Tell whether a line may be no text where nothing but notices and buttons stands around it.

    >>> is_scrap("老城区燃气管网改造过半"), is_scrap("老城区燃气管网改造过半。"), is_scrap("(记者李明)")
    (True, False, False)
    """
    return len(squeezed) <= MAX_SCRAP and TEXT.search(squeezed) is None


def compile_edges(rows: Sequence[Mapping[str, Any]]) -> EdgeRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    of_role: dict[str, list[str]] = {role: [] for role in ROLES}
    for number, row in enumerate(rows, 1):
        if row.keys() != KEYS or row["role"] not in ROLES:
            raise RuleError(
                f"data/tables/edge_words.toml: row {number}: needs {', '.join(sorted(KEYS))}; role: one of {', '.join(sorted(ROLES))}"
            )
        try:
            re.compile(row["pattern"])
        except re.error as error:
            raise RuleError(f"data/tables/edge_words.toml: row {number}: pattern: {error}") from error
        of_role[row["role"]].append(row["pattern"])
    if not rows:
        return EdgeRules()
    tools = "|".join(of_role["tool"])
    desks, lines = "|".join(of_role["desk"]), "|".join(of_role["line"])
    fillers = "|".join(sorted("|".join(of_role["filler"]).split("|"), key=len, reverse=True))  # the longest first
    return EdgeRules(
        about=re.compile("|".join(of_role["about"])),
        claims=tuple(map(re.compile, of_role["claim"])),
        concepts=tuple(map(re.compile, [*of_role["concept"], *of_role["house"]])),
        story=re.compile("|".join(of_role["story"])),
        tool=re.compile(tools),
        prompt=re.compile("|".join(of_role["prompt"])),
        heading=re.compile("|".join(of_role["heading"])),
        closing=_any(of_role, "claim", "concept", "act", "medium", "about", "house", "self", "appeal", "address", "news"),
        strong=_any(of_role, "claim", "concept", "act", "medium"),
        act=re.compile("|".join(of_role["act"])),
        parts=tuple(re.compile("|".join(of_role[role])) for role in ("medium", "self", "appeal", "address", "news")),
        errand=re.compile("|".join(of_role["errand"])),
        label=re.compile(
            rf"\W{{0,3}}[^,。:;!?]{{0,8}}?(?:{desks})[^,。:;!?]{{0,6}}?(?:{lines}){{1,4}}[^\w:]{{0,2}}(?::(?=.)|[0-9A-Za-z_.@+/()-]{{5,}})"
        ),
        word=re.compile(rf"{tools}|{fillers}|[\d\W_]|[Kk万亿千]\+?"),
    )


def _any(of_role: Mapping[str, Sequence[str]], *roles: str) -> re.Pattern[str]:
    return re.compile("|".join([pattern for role in roles for pattern in of_role[role]]))

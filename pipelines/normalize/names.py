"""Names of people as credit lines print them."""

import re
from collections.abc import Iterator
from itertools import groupby

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.credit_rules import CreditRules
from pipelines.normalize.outlets import outlet_key, simplified

HAN = re.compile(r"[㐀-鿿]+")
OFFICE_ENDS = frozenset(either_words(*"局厅办部处院站社室报网台"))
"""No given name ends with these; with 科 some do, so its offices are rows."""
PRESS_ENDS = frozenset(either_words(*"报网台社"))
FOREIGN = re.compile(r"[㐀-鿿]{1,5}(?:[·•・][㐀-鿿]{1,5}){1,3}")
JOINED = re.compile("[·•・]")
SEPARATOR = re.compile(r"[、，,;；/／╱|｜丨&＆\\\s　]+")
LATIN_SEPARATOR = re.compile(r"\s*[,;|/、，；]\s*|\s+(?:and|&)\s+")
NO_NAME = compile_either(
    r"[�=\"'<>{}：:？?！!。…%]|[㐀-鿿].*\d{3}|\d{3}.*[㐀-鿿]|https?$|首页|官网|登录|注册|电竞|授权|发布|转载|首发|QQ|微信|邮箱|电话|热线"
)
FUNCTION_WORD = compile_either("[的了是在这那对从此亦也把被将与为说称]|今[天日]|昨[天日]")
ORGANISATION = compile_either(r"(?:部|处|局|院|社|会|中心|公司|站|办|科|室|组|团|学校|大学|委|厅|队|所|网|报|台|镇|乡|街道)$")
BRACKETS = re.compile(r"[（(［\[【〔「『《“\"‘'][^）)］\]】〕」』》”\"’']*[）)］\]】〕」』》”\"’']?")
STAFF_CODE = re.compile(r"(?<=[㐀-鿿])[\s_＿]*[（(]?[A-Za-z]{1,5}\d{2,6}[）)]?|(?<=[㐀-鿿])_\w+")
PICTURED = compile_either(r"[㐀-鿿]{2,4}\s?[/／]\s?(?:图片?|图|摄影?|摄)(?![㐀-鿿/／])")
"""Who took the pictures, beside who wrote: 某某/文 某某/图."""
WRITER = compile_either(r"[㐀-鿿]\s?[/／]\s?文(?![㐀-鿿])")
"""Who wrote, beside who took the pictures: 某某/文."""
OFFICE = compile_either(
    r"[，,]\s*(?:(?:系|为|现任|来自|原).*|[^，,、；;]{0,16}(?:教授|教师|老师|研究员|学者|作家|律师|医生|医师|主任|所长|院长|博士|硕士|学生|评论员|撰稿人|编辑|从业者|负责人))$"
)
"""What an author is, behind the name: 张三，系北京大学教授."""
LONGEST_NAME = 20
"""Characters; a longer value is a sentence."""


def split_names(value: str, rules: CreditRules) -> tuple[str, ...]:
    """Read the value of a label that says who: names as printed, without role words, padding and staff codes.

    A value that is nothing but a code or a Latin user name is kept: it is all that the page says.
    """
    value = _without_photographers(value)
    if rules.photo_tail.search(value) and not rules.tail.search(value) and not is_person(value.strip(), rules):
        return ()  # 某某摄; not 编辑：某鸿图
    names = list(dict.fromkeys(name for part in _parts(value, rules) for name in _names_of(part, rules)))
    return tuple(name for name in names if _is_somebody(name, rules))


def prefer_people(names: tuple[str, ...], rules: CreditRules) -> tuple[str, ...]:
    """Leave offices out (医技药剂党支部) where people are named too."""
    people = tuple(name for name in names if not ORGANISATION.search(name) or is_person(name, rules))
    return people or names


def find_people(text: str, rules: CreditRules) -> tuple[str, ...]:
    """Return the names that open `text`, where no label vouches for them: only what has the make of a name."""
    text = _without_photographers(text)
    text = rules.tail.sub("", text.strip(" 　:：/／╱|｜-—、,，（(")).strip()
    if rules.photo_tail.search(text):
        return ()
    found: list[str] = []
    for token in _join_padded(_tokens(text)):
        if len(token) > 4:
            # "王金茹对此文亦有贡献": a sentence goes on behind the name.
            token = FUNCTION_WORD.split(token)[0]
        token = _without_button(token, rules)
        glued = _without_place(token, rules) or _unglue(token, rules)
        if not glued:
            break
        found += glued
    return tuple(dict.fromkeys(found))


def is_person(token: str, rules: CreditRules) -> bool:
    """Whether a token has the make of a Chinese name (a surname and one or two characters) or of a foreign one (约翰·史密斯)."""
    if FOREIGN.fullmatch(token):
        # "临江日报·观察": an outlet and its column are joined as the parts of a foreign name are.
        parts = JOINED.split(token)
        return not any(rules.outlets.find(part) or (len(part) > 2 and rules.outlet_tail.search(part)) for part in parts)
    if not HAN.fullmatch(token) or rules.outlets.find(token) or not {token, simplified(token)}.isdisjoint(rules.words["nobody"]):
        return False
    if token in rules.words["reporter"]:
        return False
    if rules.given_name.fullmatch(token):
        return True
    if token[-1] in "縣县市" and (len(token) == 2 or token[:-1] in rules.words["place"]):
        return False  # "記者某某某苗栗縣16日電"
    if len(token) == 2 and token[-1] in PRESS_ENDS:
        return False  # "银报全媒体记者": a paper's short name
    if token[:2] in rules.words["compound_surname"]:
        return 3 <= len(token) <= 4
    if len(token) == 3 and token[-1] in OFFICE_ENDS:
        return False
    return 2 <= len(token) <= 3 and token[0] in rules.words["surname"] and token not in rules.words["place"]


def is_pen_name(token: str, rules: CreditRules) -> bool:
    """Whether two or three characters alone in brackets behind a text may be a pen name: no outlet, no place, no word of the trade."""
    if not HAN.fullmatch(token) or not 2 <= len(token) <= 3 or rules.outlets.find(token) or token[0] == "第":
        return False
    others = ("nobody", "no_source", "network", "self", "place", "reporter", "tail", "photo_tail", "stop")
    return not any(token in rules.words[role] for role in others) and not rules.photo_tail.search(token)


def _without_photographers(text: str) -> str:
    return PICTURED.sub(" ", text) if WRITER.search(text) else text


def _parts(value: str, rules: CreditRules) -> Iterator[str]:
    if not HAN.search(value):
        yield from (part.strip(" 　:：-—[]()（）【】") for part in LATIN_SEPARATOR.split(value))
        return
    value = OFFICE.sub("", PICTURED.sub(" ", value))
    cleaned = rules.tail.sub("", BRACKETS.sub(" ", STAFF_CODE.sub(" ", value)).strip(" 　:：-—]）)】。"))
    # "南都见习记者 林子沛", "《中国企业家》记者 林涛": what stands before the last role word is where the reporter works.
    pieces = rules.reporter.split(cleaned)
    if len(pieces) > 1 and len(pieces[0].split()) < 2:
        pieces = pieces[1:]
    yield from pieces


def _names_of(part: str, rules: CreditRules) -> Iterator[str]:
    for token in _join_padded(_tokens(rules.tail.sub("", part.strip()))):
        token = _without_button(token, rules)
        desk, _, last = token.rpartition("-")
        pair = token.split("和")
        if len(token) > 4 and len(pair) == 2 and all(is_person(half, rules) for half in pair):
            yield from pair
        elif HAN.search(desk) and is_person(last, rules):
            yield last  # "新闻中心-申久燕": the desk stands before its editor
        else:
            yield from _unglue(token, rules) if _is_glued(token, rules) else [token]


def _without_button(token: str, rules: CreditRules) -> str:
    # "某某某阅读": the counter behind it stands in an element of its own
    button = rules.button.search(token)
    return token[: button.start()] if button and is_person(token[: button.start()], rules) else token


def _tokens(text: str) -> list[str]:
    if not HAN.search(text):
        return [text.strip()] if text.strip() else []
    return [token for token in (raw.strip("·.。-—:：*＊#＃□■◇◆◎●▲★☆※") for raw in SEPARATOR.split(text)) if token]


def _join_padded(tokens: list[str]) -> list[str]:
    # "方 敏" is one name, padded to the width of three characters; "李 丽 颖" is one, set apart to fill a line.
    joined: list[str] = []
    for is_single, group in groupby(tokens, key=lambda token: len(token) == 1 and bool(HAN.fullmatch(token))):
        run = list(group)
        while is_single and len(run) > 1:
            size = 3 if len(run) == 3 else 2
            joined.append("".join(run[:size]))
            run = run[size:]
        joined += run
    return joined


def _is_glued(token: str, rules: CreditRules) -> bool:
    return (
        bool(HAN.fullmatch(token))
        and len(token) > 4
        and token[-1] not in OFFICE_ENDS
        and not rules.outlet_tail.search(token)
        and bool(_unglue(token, rules))
    )


def _unglue(token: str, rules: CreditRules) -> list[str]:
    """Split names printed without separators (李莎莎黎史翔王进雨); [] where a piece has not the make of a name."""
    if not token:
        return []
    if is_person(token, rules):
        return [token]
    if not HAN.fullmatch(token) or len(token) < 4 or len(token) > LONGEST_NAME:
        return []
    if len(token) > 4 and (token[-1] in OFFICE_ENDS or rules.outlet_tail.search(token)):
        return []  # "宣传统战部", "某某某某客户端"
    for size in (3, 2, 4):
        if is_person(token[:size], rules) and (rest := _unglue(token[size:], rules)):
            return [token[:size], *rest]
    return []


def _without_place(token: str, rules: CreditRules) -> list[str]:
    # "溫貴香台北", "張翠", "某某某台灣台北": the places where it was written stand behind the name; the shortest rest is it.
    shortened = [token]
    while (rest := rules.place.sub("", shortened[-1])) != shortened[-1]:
        shortened.append(rest)
    return next((names for rest in shortened[:0:-1] if (names := _unglue(rest, rules))), [])


def _is_somebody(name: str, rules: CreditRules) -> bool:
    key = outlet_key(name)
    if (
        not key
        or key.isdigit()
        or len(name) > LONGEST_NAME
        or not {key, simplified(key)}.isdisjoint(rules.keys["nobody"] | rules.keys["self"])
    ):
        return False
    if HAN.search(name) and len(key) < 2:
        return False
    if NO_NAME.search(name) or rules.outlets.find(name) or name in rules.words["place"]:
        return False
    return len(name) <= 6 or not HAN.fullmatch(name) or _is_office(name, rules)


def _is_office(name: str, rules: CreditRules) -> bool:
    # A department that supplied the text, or one before a name: 医技药剂党支部, 武汉大学历史学院郭伦. All else that is so long is a sentence.
    return bool(ORGANISATION.search(name)) or any(is_person(name[-n:], rules) and ORGANISATION.search(name[:-n]) for n in (2, 3))

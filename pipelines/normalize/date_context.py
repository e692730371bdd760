"""What stands around a date and says which date it is: the publication's, the last change's, or some other."""

import re
from collections.abc import Iterable
from datetime import datetime

from pipelines.normalize.date_words import Reading
from pipelines.types import Precision

PUBLISHED_LABEL = re.compile(
    r"(?:发[布表稿帖]|刊[登发载出]|上[线传]|[时日][间期]|建立|创建|张贴|[Pp]ost(?:ed)?|[Pp]ublish(?:ed)?|Date)[^\s\d]{0,4}[\s:]*$"
)
MODIFIED_LABEL = re.compile(r"(?:更新|修改|修订|编辑于|[Uu]pdated|[Mm]odified|[Ee]dited)[^\d]{0,10}$")
WRITTEN_LABEL = re.compile(r"(?:成文|生成|印发|签发|制发)[日时][期间][^\d]{0,4}$")
"""When a text was signed; its publication stands beside it."""
EVENTS = (
    "会议|活动|开庭|报名|比赛|演出|展览|考试|上映|出生|成立|事发|案发|拍摄|播出|服务|营业|工作|访谈|直播|举办|招聘|注册|登录|截稿|开始|结束|"
    "生效|实施|施行|到期|开馆|开幕|开售|出版|印刷|上市|发售|首播|首映|入驻|通过|签署"
)  # fmt: skip
OTHER_LABEL = re.compile(
    rf"(?:截至|截止|将于|定于|生于|成立于|始建于|有效期|保质期|生日|今天是?|现在是|(?:现在|当前|系统|服务器)时间|(?:{EVENTS})[时日][间期]|版权所有|[Cc]opyright|©|\([Cc]\)|时长|备案|许可证|valid until|expires?)"
    r"[^\d]{0,6}$|(?<!来)自从?\s?$"
)
PROSE = re.compile(
    r"\s?(?:,(?!\s?(?:星期|周[一二三四五六日]|来源|作者|编辑|发布|第|文|记者|\d)).{8}|、|第[一二三四五六七八九十百\d]+[届次]|起|[之以]?前|[之以]?后|以来|[至到]|将|召开|举行|举办|出生|开幕|闭幕|成立|建成|截止|是(?!否))"
)
"""What follows a date in a sentence, not in a header."""
RANGE_BEFORE = re.compile(r"\d\s?[日号年月]?\s?(?:至|到|~|—{1,2}|–|-{1,2})\s?$")
RANGE_AFTER = re.compile(r"\s?(?:至|到|~|—{1,2}|–|-{1,2})\s?\d{1,4}\s?[年月日号/.-]")
NULL_DAYS = frozenset([datetime(1970, 1, 1), datetime(1900, 1, 1)])
"""What a server prints that holds no date."""


def choose_reading(text: str, readings: Iterable[Reading]) -> Reading | None:
    """Return the date labelled as the publication's, else the first that is not the last change's or the signing's, else that one."""
    unlabelled = modified = None
    for reading in readings:
        before = text[: reading.start]
        if not _is_header_date(text, before, reading):
            continue
        if MODIFIED_LABEL.search(before) or WRITTEN_LABEL.search(before):
            modified = modified or reading
        elif PUBLISHED_LABEL.search(before):
            return reading
        else:
            unlabelled = unlabelled or reading
    return unlabelled or modified


def _is_header_date(text: str, before: str, reading: Reading) -> bool:
    if reading.when.replace(hour=0, minute=0, second=0) in NULL_DAYS or OTHER_LABEL.search(before):
        return False
    if RANGE_BEFORE.search(before) or RANGE_AFTER.match(text, reading.end):
        return False
    is_bare = reading.precision is Precision.DAY and not PUBLISHED_LABEL.search(before)
    return not (is_bare and PROSE.match(text, reading.end))

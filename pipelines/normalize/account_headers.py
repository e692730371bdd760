"""The line that a platform prints below a headline: who wrote, which account posted, when."""

from pipelines.either_script import compile_either
from pipelines.normalize.credit_rules import DATE

_DATE = rf"(?:{DATE.pattern})"
_NAME = r"(?!\d\d)[^\s:：]"
FORMS = (
    compile_either(rf"^原创\s(?P<author>{_NAME}{{2,14}})\s(?P<account>{_NAME}{{2,20}})\s(?={_DATE})"),
    compile_either(rf"^(?:原创\s)?{_DATE}\s(?:(?P<author>{_NAME}{{2,14}})\s)?(?P<account>{_NAME}{{2,20}})\s(?P=account)$"),
    compile_either(rf"^(?P<author>(?!))?(?P<account>{_NAME}{{2,20}})\s{_DATE}(?:\s{_DATE})?\s发表于[㐀-鿿]{{2,4}}$"),
    compile_either(
        rf"^(?P<author>(?!))?(?P<account>[a-z][a-z0-9-]+(?:\.[a-z]{{2,6}}){{1,2}})\s?[|,]\s?(?:Updated|Published)\s?:\s?{_DATE}"
    ),
    compile_either(rf"^{_DATE}(?:\s{_DATE})?\s?(?P<author>(?!))?(?P<account>[㐀-鿿A-Za-z]{{2,14}})\s来自[㐀-鿿]{{2,6}}[省市区]$"),
)
"""原创 某某 某账号 2024-01-02 20:11 发表于江苏; 2018-03-20 某某 某账号 某账号; 某账号 2024-01-02 20:11 发表于江苏; example.com.cn | Updated: 2024-01-02 20:11;
2022-06-02 09:52:19某账号 来自北京市."""


def find_account(line: str) -> tuple[str, str | None] | None:
    """Return the account that posted and the author, if he is another, as printed in a clean line. None: the line has none of these forms."""
    match = next((found for found in (form.match(line) for form in FORMS) if found), None)
    if match is None:
        return None
    return match["account"], match["author"] if match["author"] != match["account"] else None

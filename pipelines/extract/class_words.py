"""What the class of an element says of the words in it: `<span class="source">` has the outlet, `<em class="author">` the writer."""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["source", "author"]
SOURCE = re.compile(r"source|(?:^|[\s_-])from|laiyuan|media[_-]?name|(?:^|[\s_-])origin")
AUTHOR = re.compile(r"author|reporter|byline|writer|zuozhe")


@lru_cache(maxsize=4_096)  # pages have the same few
def role_of_class(name: str) -> Role | None:
    """Return whom the words of an element with this class name. `name`: as printed.

    >>> role_of_class("article-Source fl"), role_of_class("byline"), role_of_class("time")
    ('source', 'author', None)
    """
    name = name.lower()
    return "source" if SOURCE.search(name) else "author" if AUTHOR.search(name) else None

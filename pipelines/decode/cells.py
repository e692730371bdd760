"""What Python's GB 18030 reads otherwise than browsers do: a lone 0x80, and cells that got their characters after the year 2000."""

import codecs

# Cells of GB 18030 that Python keeps for private use; the characters are those of the standard of 2022 and of browsers.
CELLS = {
    **dict(zip(range(0xE78D, 0xE797), "︐︒︑︓︔︕︖︗︘︙", strict=True)),
    0xE5E5: "\u3000",  # A3 A0: many editors indent with it
    0xE7C7: "\u1e3f",
    0xE816: "\U00020087",
    0xE817: "\U00020089",
    0xE818: "\U000200cc",
    0xE81E: "\u9fb4",
    0xE826: "\u9fb5",
    0xE82B: "\u9fb6",
    0xE82C: "\u9fb7",
    0xE831: "\U000215d7",
    0xE832: "\u9fb8",
    0xE83B: "\U0002298f",
    0xE843: "\u9fb9",
    0xE854: "\u9fba",
    0xE855: "\U000241fe",
    0xE864: "\u9fbb",
}
EURO = b"\x80"


def _euro(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    is_euro = error.object[error.start : error.start + 1] == EURO
    return ("€", error.start + 1) if is_euro else ("\ufffd", error.end)


codecs.register_error("yuanwen.gb18030", _euro)


def decode_gb18030(body: bytes) -> str:
    r"""Decode as browsers do; U+FFFD for what cannot be decoded.

    >>> decode_gb18030(b"\x805\xa3\xa0\xfe\x59")
    '€5\u3000龴'
    """
    text = body.decode("gb18030", "yuanwen.gb18030")
    return text.translate(CELLS)

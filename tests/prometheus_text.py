"""A strict reader of Prometheus' text format (version 0.0.4): what a scraper would refuse, it refuses."""

import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
_SAMPLE = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
_ONE_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
Sample = tuple[str, tuple[tuple[str, str], ...]]


def parse_metrics(text: str) -> dict[Sample, float]:
    """Return each sample by its name and labels.

    Raises:
        ValueError: a line no scraper takes, HELP and TYPE missing or not before the samples, a metric in two places, a sample twice.
    """
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    samples: dict[Sample, float] = {}
    kinds: dict[str, str] = {}
    helped = ""
    current = ""
    for line in text[:-1].split("\n"):
        if match := re.fullmatch(rf"# HELP ({_NAME}) \S.*", line):
            helped = match[1]
        elif match := re.fullmatch(rf"# TYPE ({_NAME}) (counter|gauge)", line):
            current = match[1]
            if helped != current or current in kinds:
                raise ValueError(f"{line}: no HELP before it, or told twice")
            kinds[current] = match[2]
        elif match := _SAMPLE.fullmatch(line):
            labels = tuple((name, _unescaped(value)) for name, value in _ONE_LABEL.findall(match[2] or ""))
            key = (match[1], labels)
            if match[1] != current or key in samples or len({name for name, _ in labels}) != len(labels):
                raise ValueError(f"{line}: outside its metric, or twice")
            samples[key] = float(match[3])
        else:
            raise ValueError(f"not a line of the format: {line}")
    wrong = [name for name, kind in kinds.items() if name.endswith("_total") != (kind == "counter")]
    if wrong:
        raise ValueError(f"counters, and only they, end in _total: {wrong}")
    return samples


def _unescaped(value: str) -> str:
    return re.sub(r'\\(["\\n])', lambda m: "\n" if m[1] == "n" else m[1], value)

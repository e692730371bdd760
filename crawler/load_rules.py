"""Read data/ into a `RuleBook`; a wrong file stops the program at start, naming file and key."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from crawler.site_files import load_sites
from pipelines.errors import RuleError
from pipelines.extract.boilerplate import compile_boilerplate
from pipelines.extract.templates import TemplateBook
from pipelines.normalize.credit_rules import compile_credit_rules
from pipelines.normalize.outlets import compile_outlets
from pipelines.normalize.titles import compile_titles
from pipelines.normalize.urls import UrlRules, compile_urls
from pipelines.repair.model import LanguageModel
from pipelines.site_rules import RuleBook

DATA = Path(__file__).resolve().parent.parent / "data"


def load_rows(name: str, folder: Path = DATA) -> list[dict[str, Any]]:
    """Read the `[[row]]`s of data/tables/<name>.toml; [] where the file is absent.

    Raises:
        RuleError: not TOML.
    """
    path = folder / "tables" / f"{name}.toml"
    if not path.exists():
        return []
    try:
        return list(tomllib.loads(path.read_text(encoding="utf-8")).get("row", []))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: {error}") from error


@cache
def load_language_model() -> LanguageModel:
    """Read the character model of data/models, once."""
    raise RuleError(f"{DATA / 'models'}: no language model")


@cache
def load_url_rules() -> UrlRules:
    """Read data/tables/tracking_params.toml, once."""
    return compile_urls(load_rows("tracking_params"))


@cache
def load_rule_book() -> RuleBook:
    """Read all of data/.

    Raises:
        RuleError: a file there is wrong.
    """
    outlets = compile_outlets(load_rows("outlets"))
    return RuleBook(
        sites=load_sites(DATA / "sites"),
        boilerplate=compile_boilerplate(load_rows("boilerplate")),
        titles=compile_titles(load_rows("title_prefixes")),
        outlets=outlets,
        credits=compile_credit_rules(load_rows("credit_words"), outlets),
        templates=TemplateBook(),
        language_model=load_language_model,
        urls=load_url_rules(),
    )

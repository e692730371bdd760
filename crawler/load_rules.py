"""Read data/ into a `RuleBook`; a wrong file stops the program at start, naming file and key."""

import gc
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy

from crawler.config import load_config
from crawler.site_files import load_sites
from pipelines.errors import RuleError
from pipelines.extract.boilerplate import compile_boilerplate
from pipelines.extract.templates import TemplateBook
from pipelines.normalize.credit_rules import CreditRules, compile_credit_rules
from pipelines.normalize.outlets import compile_outlets
from pipelines.normalize.titles import compile_titles
from pipelines.normalize.urls import UrlRules, compile_urls
from pipelines.repair.model import LanguageModel, from_arrays
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


def load_columns(name: str, folder: Path = DATA) -> list[list[str]]:
    """Read data/tables/<name>.tsv without its heading line; a long list loads faster from columns than from TOML.

    Raises:
        RuleError: not UTF-8, or absent.
    """
    path = folder / "tables" / f"{name}.tsv"
    try:
        return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: {error}") from error


@cache
def load_language_model() -> LanguageModel:
    """Read the language model, once: the file of the setting `model`, else the one of data/models.

    Raises:
        RuleError: the file is missing or is not a model.
    """
    path = load_config().model or DATA / "models" / "zh.npz"
    try:
        with numpy.load(path) as arrays:
            return from_arrays(dict(arrays))
    except (OSError, ValueError, KeyError, IndexError, BadZipFile) as error:
        raise RuleError(f"{path}: not a language model: {error}") from error


@cache
def load_url_rules() -> UrlRules:
    """Read data/tables/tracking_params.toml, once."""
    return compile_urls(load_rows("tracking_params"))


@cache
def load_credit_rules() -> CreditRules:
    """Read the outlets and the words of credit lines."""
    return compile_credit_rules(load_rows("credit_words"), compile_outlets(load_rows("outlets"), load_columns("outlets_listed")))


@cache
def load_rule_book() -> RuleBook:
    """Read all of data/.

    Raises:
        RuleError: a file there is wrong.
    """
    credits = load_credit_rules()
    book = RuleBook(
        sites=load_sites(DATA / "sites"),
        boilerplate=compile_boilerplate(load_rows("boilerplate"), load_rows("edge_words")),
        titles=compile_titles(load_rows("title_prefixes")),
        outlets=credits.outlets,
        credits=credits,
        templates=TemplateBook(),
        language_model=load_language_model,
        urls=load_url_rules(),
    )
    gc.freeze()  # the tables stay for good: the garbage collector need not look through them again and again
    return book

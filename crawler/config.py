"""Settings: flags, else environment, else `yuanwen.toml` in the working directory."""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from pipelines.errors import UsageError

PREFIX = "YUANWEN_"
REQUIRE_SERVICES = "YUANWEN_REQUIRE_SERVICES"
"""Not a setting: our tests ask for it."""
DEFAULT_USER_AGENT = "yuanwen/0.1 (+https://yuanwen.invalid/bot; set YUANWEN_USER_AGENT to your contact)"

DbOption = Annotated[str | None, typer.Option("--db", metavar="URL", help="database, any SQLAlchemy URL (else YUANWEN_DB)")]
"""The `--db` flag, the same in every command that needs a database."""


def parse_url_argument(text: str) -> str:
    """Take an argument that must be a URL; which URLs may be fetched is decided later.

    Raises:
        UsageError: it has no scheme or no host.
    """
    if not re.match(r"[a-z][a-z0-9+.-]*://[^/?#]", text, re.IGNORECASE):
        raise UsageError(f"{text}: not a URL such as https://news.example.com/1.html")
    return text


UrlArgument = Annotated[str, typer.Argument(parser=parse_url_argument, metavar="URL")]
"""The URL of one page, as a command's argument."""


class Config(BaseSettings):
    """All settings. The names in the environment carry the prefix `YUANWEN_` (others with it are refused), those in `yuanwen.toml` are lower case."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="yuanwen.toml", extra="forbid", frozen=True)

    db: str = "sqlite:///yuanwen.db"
    """Any SQLAlchemy URL."""
    archive: Path | None = None
    """Folder of WARC files; None: `archive/` beside the database file, or in the working directory."""
    delay: float = Field(default=1.0, ge=0, le=3600)
    """Seconds between two requests to a host."""
    allow_addresses: str = ""
    """Comma-separated networks that are not public but may be fetched."""
    user_agent: str = DEFAULT_USER_AGENT
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    """Processes for extraction."""
    model: Path | None = None
    """Language model for repair, made by `repair --train`; None: the one shipped."""
    patience: float = Field(default=180.0, ge=0, le=86400)
    """Seconds a database or a disk that refuses is tried again before a crawl ends."""
    log_format: Literal["plain", "json"] = "plain"
    """Of the log on stderr; `json`: one object a line."""
    metrics_file: Path | None = None
    """Prometheus text file, replaced at the end of each run; None: none is written."""

    @field_validator("db")
    @classmethod
    def _is_database_url(cls, value: str) -> str:
        try:
            make_url(value)
        except ArgumentError as error:
            raise ValueError("not a database URL such as sqlite:///yuanwen.db or postgresql://user@host/name") from error
        return value

    @field_validator("model")
    @classmethod
    def _is_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("no such file")  # else it would come up with the first damaged page, days later
        return value

    @field_validator("allow_addresses")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for network in filter(None, map(str.strip, value.split(","))):
            ip_network(network)
        return value

    @property
    def allowed_networks(self) -> tuple[str, ...]:
        """`allow_addresses`, split."""
        return tuple(filter(None, map(str.strip, self.allow_addresses.split(","))))

    @property
    def archive_folder(self) -> Path:
        """Where captures are written and read."""
        if self.archive is not None:
            return self.archive
        url = make_url(self.db)
        is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        return (Path(str(url.database)).parent if is_file else Path()) / "archive"

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Flags, then environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_config(**flags: Any) -> Config:
    """Read the settings; a flag that is None was not given.

    Raises:
        UsageError: a setting is wrong; the message names it.
    """
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name != REQUIRE_SERVICES and name.removeprefix(PREFIX).lower() not in Config.model_fields:
            # A job with a wrong YUANWEN_DB would fill another base for weeks.
            raise UsageError(f"{name}: no such setting; there are {', '.join(PREFIX + key.upper() for key in Config.model_fields)}")
    try:
        return Config(**{key: value for key, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise UsageError(f"yuanwen.toml: {name}: no such setting; there are {', '.join(Config.model_fields)}") from error
        raise UsageError(f"setting {name}: {first['msg'].removeprefix('Value error, ')} (given: {first.get('input')!r})") from error
    except ValueError as error:  # yuanwen.toml is not TOML
        raise UsageError(f"yuanwen.toml: {error}") from error

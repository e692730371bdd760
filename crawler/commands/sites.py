"""`yuanwen sites …`: what is known of sites, and pages saved as tests."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from crawler.config import load_config
from crawler.talk import result_console, say
from pipelines.errors import PageError, UsageError


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Sites: their files, and pages saved as tests.", no_args_is_help=True)
    group.command("list")(list_sites)
    group.command("check")(check_sites)
    group.command("save-page")(save_page)
    group.command("accept")(accept)
    app.add_typer(group, name="sites")


def list_sites(as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False) -> None:
    """List the site files."""
    from crawler.load_rules import load_rule_book

    sites = load_rule_book().sites.values()
    if as_json:
        for site in sites:
            print(
                json.dumps(
                    {"site_id": site.site_id, "name": site.name, "domains": site.domains, "start_urls": site.start_urls}, ensure_ascii=False
                )
            )
        return
    from rich.table import Table

    table = Table("site_id", "name", "domains", "start URLs", "layouts", box=None)
    for site in sites:
        table.add_row(site.site_id, site.name or "", ", ".join(site.domains), str(len(site.start_urls)), str(len(site.layouts)))
    result_console().print(table)
    if not sites:
        say("no site files: any URL can be crawled without one; write data/sites/<site_id>.toml to correct what is learned")


def check_sites(paths: Annotated[list[Path] | None, typer.Argument(help="site files; default: all of data/sites")] = None) -> None:
    """Check site files; the first fault is named with its file and key."""
    from crawler.load_rules import DATA
    from crawler.site_files import load_site, load_sites

    sites = [load_site(path) for path in paths] if paths else list(load_sites(DATA / "sites").values())
    print(f"{len(sites)} site file{'' if len(sites) == 1 else 's'} right")


def save_page(
    url: str,
    folder: Annotated[Path, typer.Option("--folder", help="where pages are saved")] = Path("tests/pages"),
) -> None:
    """Fetch a page and save its bytes and what comes out of them, as a test to be corrected by eye."""
    from crawler.one_page import fetch_article
    from crawler.page_tests import save_page_test

    fetched = fetch_article(load_config(), url)
    if fetched.error is not None:
        say(str(fetched.error))
        sys.exit(4 if fetched.is_refused else 1)
    path = save_page_test(fetched.pages[0], folder)
    print(path)
    say("correct the expected values by eye, then run the tests")


def accept(paths: list[Path]) -> None:
    """Rewrite the expected values of saved pages with what comes out now; review the difference."""
    from crawler.page_tests import accept_page_test

    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file")
        try:
            changed = accept_page_test(path)
        except (ValueError, KeyError, OSError, PageError) as error:
            raise UsageError(f"{path}: not a saved page: {error}") from error
        print(f"{path}: {', '.join(changed) if changed else 'nothing changed'}")

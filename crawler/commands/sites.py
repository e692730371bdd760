"""`yuanwen sites …`: what is known of sites, their templates, and pages saved as tests."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.config import DbOption, UrlArgument, load_config
from crawler.talk import printable, result_console, say
from pipelines.errors import PageError, UsageError

if TYPE_CHECKING:
    from crawler.learning import Learned


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Sites: their files, their templates, and pages saved as tests.", no_args_is_help=True)
    group.command("list")(list_sites)
    group.command("check")(check_sites)
    group.command("learn")(learn)
    group.command("save-page")(save_page)
    group.command("accept")(accept)
    app.add_typer(group, name="sites")


def list_sites(as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False) -> None:
    """List the site files."""
    from crawler.load_rules import DATA, load_rule_book

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
        say(f"no site files: any URL can be crawled without one; write {DATA / 'sites'}/<site_id>.toml to correct what is learned")


def check_sites(paths: Annotated[list[Path] | None, typer.Argument(help="site files; default: all of data/sites")] = None) -> None:
    """Check site files; the first fault is named with its file and key."""
    from crawler.load_rules import DATA
    from crawler.site_files import load_site, load_sites

    for path in paths or ():
        if not path.is_file():
            raise UsageError(f"{path}: no such file")
    sites = [load_site(path) for path in paths] if paths else list(load_sites(DATA / "sites").values())
    print(f"{len(sites)} site file{'' if len(sites) == 1 else 's'} right")


def learn(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE]…", help="domains or hosts; default: all that have articles")] = None,
    css: Annotated[bool, typer.Option("--css", help="print the templates as [[layout]] tables of site files")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    db: DbOption = None,
) -> None:
    """Learn the layouts of sites from their archived pages, as every crawl does by itself for sites with new articles."""
    from crawler.learning import learn_site
    from crawler.load_rules import load_rule_book
    from storage.database import opened_database
    from storage.templates import sites_with_articles

    config, learned = load_config(db=db), []
    with opened_database(config.db) as engine:
        stored = sites_with_articles(engine)
        for site, host in find_domains(sites, stored) if sites else [(site, None) for site in stored]:
            learned += learn_site(engine, config.archive_folder, load_rule_book(), site, host=host)
    for one in learned:
        _show_learned(one, css=css, as_json=as_json)
    if not any(one.template for one in learned):
        say("no templates: there are no articles yet, or their pages have too little in common")
        sys.exit(3)


def find_domains(names: list[str], stored: list[str]) -> list[tuple[str, str | None]]:
    """Return the registrable domain of each name, with the host where that is what was named.

    Raises:
        UsageError: there are no articles of it.
    """
    from pipelines.normalize.normalize import registrable_domain

    found = []
    for name in names:
        site = name if name in stored else registrable_domain(name if "://" in name else f"http://{name}")
        if site not in stored:
            raise UsageError(f"{name}: no articles of this site in the database")
        found.append((site, None if name == site else name.rpartition("://")[2].partition("/")[0].partition(":")[0].lower()))
    return found


def _show_learned(one: "Learned", *, css: bool, as_json: bool) -> None:
    """Print what was learned; with `css` only that goes to stdout."""
    from datetime import UTC, datetime

    from pipelines.extract.templates import as_layout, to_dict

    if as_json:
        template = to_dict(one.template) if one.template else None
        print(json.dumps({"host": one.host, "shape": one.shape, "said": one.said, "template": template}, ensure_ascii=False))
        return
    line = printable(f"{one.host} {one.shape}: {one.said}")
    if not css:
        print(line)
        return
    say(line)
    if one.template is not None:
        print(f"# {printable(f'{one.host} {one.shape}')}\n{as_layout(one.template, datetime.now(UTC).date().isoformat())}")


def save_page(
    url: UrlArgument,
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

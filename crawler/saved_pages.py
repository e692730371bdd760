"""Saved pages as `FetchedPage`s: HTML files, folders of them, WARC files."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.config import parse_url_argument
from pipelines.errors import Reason, UsageError
from pipelines.types import FetchedPage
from storage.capture_originals import Originals

MAX_PAGE_BYTES = 20 * 1024 * 1024
"""A saved page larger than this is not read: real article pages stay below 2 MB."""
STDIN = Path("-")
"""Named as a file, it is the page that comes in on standard input."""
WARC_SUFFIXES = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """A page of a file, or why the file gives none."""

    file: str
    """Name as shown: the file's path as given, for a folder the path below it."""
    page: FetchedPage | None = None
    reason: Reason | None = None
    detail: str = ""


def load_urls(path: Path) -> dict[str, str]:
    """Read JSON lines {"file", "url"}.

    Raises:
        UsageError: the file or a line of it cannot be read; names the line.
    """
    urls: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        row = json.loads(line)
                        urls[str(row["file"])] = parse_url_argument(str(row["url"]))
                    except UsageError as error:
                        raise UsageError(f"{path}:{number}: {error}") from error
                    except (ValueError, KeyError, TypeError) as error:
                        raise UsageError(f'{path}:{number}: not a JSON object with "file" and "url"') from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {reading_fault(error)}") from error
    return urls


def reading_fault(error: OSError | UnicodeDecodeError) -> str:
    """Say in words why a file cannot be read."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else "not UTF-8 text"


def is_warc(path: Path) -> bool:
    """Tell a WARC file by its name."""
    return path.name.lower().endswith(WARC_SUFFIXES)


def find_files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Give each file below the paths with the name to show; folders in order of their names.

    Raises:
        UsageError: a path does not exist.
    """
    for path in paths:
        if path.is_dir():
            yield from ((p, str(p.relative_to(path))) for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith("."))
        elif path.exists():
            yield path, str(path)
        else:
            raise UsageError(f"{path}: no such file or folder")


def find_archives(paths: Sequence[Path]) -> list[Path]:
    """Give the WARC files of files and folders; a file that is named is taken for one whatever its name.

    Raises:
        UsageError: a path does not exist, or there is none.
    """
    found = [path for path, _ in find_files(paths) if is_warc(path) or path in paths]
    if not found:
        raise UsageError(f"{', '.join(map(str, paths))}: no WARC files (*.warc, *.warc.gz) there")
    return found


def read_saved_pages(paths: Iterable[Path], urls: Mapping[str, str]) -> Iterator[SavedPage]:
    """Read every page of the paths. `urls`: shown file name, or bare file name, to the URL the page was fetched from.

    A page without a known URL gets its `file:` URL; `fetched_at` of a file is its time of change.
    """
    originals = Originals()
    for given in paths:
        if given == STDIN:
            yield _read_stdin(urls.get("-"))
            continue
        for path, name in find_files([given]):
            if is_warc(path):
                yield from _read_warc(path, name, originals)
            else:
                yield _read_file(path, name, urls.get(name) or urls.get(path.name) or path.resolve().as_uri())


def _read_stdin(url: str | None) -> SavedPage:
    """Read one page from standard input; it counts as fetched now."""
    body, url = sys.stdin.buffer.read(MAX_PAGE_BYTES + 1), url or "file:///dev/stdin"
    if len(body) > MAX_PAGE_BYTES:
        return SavedPage(file="-", reason=Reason.TOO_LARGE, detail=f"more than {MAX_PAGE_BYTES / 1e6:.0f} MB")
    return SavedPage(file="-", page=FetchedPage(url=url, final_url=url, status=200, headers=(), body=body, fetched_at=datetime.now(UTC)))


def _read_warc(path: Path, name: str, originals: Originals) -> Iterator[SavedPage]:
    from pipelines.errors import StorageError
    from storage.captures import read_captures

    try:
        for page in read_captures(path, originals):
            yield SavedPage(file=name, page=page)
    except StorageError as error:
        yield SavedPage(file=name, reason=Reason.BAD_RESPONSE, detail=str(error))


def _read_file(path: Path, name: str, url: str) -> SavedPage:
    try:
        size = path.stat().st_size
        if size > MAX_PAGE_BYTES:
            return SavedPage(file=name, reason=Reason.TOO_LARGE, detail=f"{size / 1e6:.0f} MB, more than {MAX_PAGE_BYTES / 1e6:.0f} MB")
        body, changed_at = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        return SavedPage(file=name, reason=Reason.INTERNAL, detail=f"cannot be read: {reading_fault(error)}")
    return SavedPage(file=name, page=FetchedPage(url=url, final_url=url, status=200, headers=(), body=body, fetched_at=changed_at))

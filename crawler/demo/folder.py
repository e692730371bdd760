"""Any folder of saved pages as a site: an index that links to every file, and the files as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from crawler.demo.site import DemoPage
from pipelines.errors import UsageError
from pipelines.site_rules import RuleBook, SiteRules

_TYPES = {".pdf": "application/pdf", ".txt": "text/plain", ".jpg": "image/jpeg", ".png": "image/png", ".gz": "application/gzip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSite:
    """Saved pages by URL; read from disk when they are asked for."""

    base: str
    files: Mapping[str, Path]
    """URL to file, in the order of their names."""

    def answer(self, url: str) -> DemoPage | None:
        """Return what the URL serves."""
        if url == f"{self.base}/":
            return _page(url, "list", self._index(), "text/html; charset=utf-8")
        if url == f"{self.base}/robots.txt":
            return _page(url, "robots", b"User-agent: *\nAllow: /\n", "text/plain")
        path = self.files.get(url)
        # No charset is claimed: a saved page has lost its header, and must be read without.
        return _page(url, "file", path.read_bytes(), _TYPES.get(path.suffix.lower(), "text/html")) if path else None

    def rules(self, book: RuleBook) -> RuleBook:
        """Add a site file for this site to the rules: each page linked from the index is taken for an article, its own links are not followed."""
        host = urlsplit(self.base).hostname or ""
        site = SiteRules(
            site_id="saved_pages", name=None, domains=(host,), start_urls=(f"{self.base}/",), article_url=f"^{self.base}/pages/"
        )
        return replace(book, sites={**book.sites, site.site_id: site})

    def _index(self) -> bytes:
        rows = "\n".join(
            f'<li><a href="{escape(url.removeprefix(self.base))}">{escape(path.name)}</a></li>' for url, path in self.files.items()
        )
        head = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>Saved pages</title></head>"
        return f"{head}<body><h1>Saved pages</h1><ul>\n{rows}\n</ul></body></html>".encode()


def _page(url: str, kind: str, body: bytes, content_type: str) -> DemoPage:
    headers = (("content-type", content_type), ("etag", f'"{sha256(body).hexdigest()[:20]}"'))
    return DemoPage(url=url, kind=kind, body=body, headers=headers)


def find_files(folder: Path) -> list[Path]:
    """Find the files below a folder, in the order of their names; those whose name begins with a dot are left out.

    Raises:
        UsageError: no such folder, or no file in it.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise UsageError(f"{folder}: no file in it")
    return files


def folder_site(folder: Path, files: Sequence[Path], base: str) -> FolderSite:
    """Map files of a folder to URLs."""
    urls = {f"{base}/pages/{quote(path.relative_to(folder).as_posix())}": path for path in files}
    return FolderSite(base=base, files=MappingProxyType(urls))

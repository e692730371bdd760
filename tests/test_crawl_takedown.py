"""What was taken down is not crawled again, whichever way leads there."""

import json
from pathlib import Path

from storage.captures import read_captures
from tests.commands import yuanwen
from tests.local_site import article, listing, serving


def test_a_crawl_leaves_what_was_taken_down(tmp_path: Path) -> None:
    with serving(("127.0.0.1",)) as site:
        paths = [f"/2024/03/01/{n}.html" for n in range(3)]
        for n, path in enumerate(paths):
            site.html(path, article(f"示例乡镇春耕备耕工作全面展开第{n}号", seed=n))
        site.html("/news/", listing({path: f"示例乡镇春耕备耕工作全面展开第{n}号" for n, path in enumerate(paths)}))
        site.routes["/short"] = (302, {"Location": paths[1]}, b"")
        yuanwen(tmp_path, "db", "upgrade")
        done = yuanwen(tmp_path, "takedown", site.url(paths[1]), "--reason", "asked")
        assert done.returncode == 0, done.stderr
        report = json.loads(yuanwen(tmp_path, "crawl", site.url("/news/"), "--json").stdout)
        assert report["counts"] == {"created": 2, "listed/list_page": 1, "rejected/taken_down": 1}
        seed = json.loads(yuanwen(tmp_path, "crawl", site.url("/short"), "--json").stdout)
        assert seed["counts"] == {"rejected/taken_down": 1}
        other = article("示例乡镇春耕备耕工作全面展开第1号", seed=1).replace(
            "</head>", f'<link rel="canonical" href="{site.url(paths[1])}"></head>'
        )
        site.html("/2024/03/02/1.html", other)
        copy = json.loads(yuanwen(tmp_path, "crawl", site.url("/2024/03/02/1.html"), "--json").stdout)
        assert copy["counts"] == {"rejected/taken_down": 1}, "the page names it as its own address"
        archived = {page.final_url for path in (tmp_path / "archive").glob("*.warc.gz") for page in read_captures(path)}
        assert site.url(paths[1]) not in archived
        assert site.url(paths[0]) in archived
        again = yuanwen(tmp_path, "rerun", site.url("/short"))
        assert (again.returncode, "taken_down" in again.stderr) == (4, True)
        assert site.url(paths[1]) not in {
            page.final_url for path in (tmp_path / "archive").glob("*.warc.gz") for page in read_captures(path)
        }

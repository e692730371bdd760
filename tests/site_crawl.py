"""`yuanwen crawl … --json` with the site files of the working directory in place of those of data/sites: `python -m tests.site_crawl TARGET…`."""

import sys
from dataclasses import replace
from pathlib import Path

from crawler.commands.crawl import find_seeds, print_report
from crawler.config import load_config
from crawler.context import CrawlPlan
from crawler.crawling import run_crawl
from crawler.load_rules import load_rule_book
from crawler.site_files import load_sites

if __name__ == "__main__":
    book = replace(load_rule_book(), sites=load_sites(Path()))
    targets = [target for target in sys.argv[1:] if target != "--due"]
    report = run_crawl(load_config(), book, CrawlPlan(seeds=tuple(find_seeds(targets, book)), is_due="--due" in sys.argv))
    print_report(report, as_json=True)
    sys.exit(report.exit_code())

"""Crawls in processes of their own that start quickly: forked from one that has loaded the program, so that a drill can kill hundreds."""

import multiprocessing
import os
import signal
import sys
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from crawler.cli import run
from crawler.load_rules import load_rule_book
from tests.commands import environment
from tests.conftest import ROOT

load_rule_book()  # kept for the processes to come


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crawl_workers"])
    return context


def start_crawl(folder: Path, url: str, database: str) -> ForkServerProcess:
    """Start `yuanwen crawl URL`; what it says goes into `folder/log`."""
    worker = _context().Process(target=_crawl, args=(folder, url, database))
    worker.start()
    return worker


def _crawl(folder: Path, url: str, database: str) -> None:
    os.environ.clear()
    os.environ.update(environment(folder, YUANWEN_DB=database))
    os.chdir(ROOT)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the fork server ignores it
    sys.exit(run(["crawl", url]))

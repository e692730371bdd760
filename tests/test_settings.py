"""The hardened settings: a default that drifts, here or in Scrapy, fails a test."""

import pytest
from scrapy.crawler import Crawler
from scrapy.utils.conf import build_component_list

from crawler.config import Config
from crawler.settings import crawl_settings
from crawler.spiders.news import NewsSpider

SETTINGS = crawl_settings(Config(db="sqlite:///x.db", delay=2.0, allow_addresses="127.0.0.0/8", user_agent="test/1 (+http://c.example)"))

FIXED = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
    "DOWNLOAD_MAXSIZE": 8 * 1024 * 1024,
    "DOWNLOAD_TIMEOUT": 30,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "RETRY_ENABLED": False,
    "REFERER_ENABLED": False,
    "JOBDIR": None,
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "TWISTED_DNS_RESOLVER": "crawler.safety.resolver.PublicResolver",
    "DOWNLOAD_DELAY_JITTER": 0,
}


@pytest.mark.parametrize("name", FIXED)
def test_a_setting_holds(name: str) -> None:
    assert SETTINGS[name] == FIXED[name]


def test_what_the_user_set_is_taken() -> None:
    assert (SETTINGS.getfloat("DOWNLOAD_DELAY"), SETTINGS["USER_AGENT"]) == (2.0, "test/1 (+http://c.example)")
    assert SETTINGS.getlist("YUANWEN_ALLOWED_NETWORKS") == ["127.0.0.0/8"]


def test_only_http_has_a_handler() -> None:
    handlers = {scheme: path for scheme, path in SETTINGS.getwithbase("DOWNLOAD_HANDLERS").items() if path}
    assert handlers == dict.fromkeys(("http", "https"), "crawler.safety.fetching.HttpHandler")


def test_downloader_middlewares_are_these_in_this_order() -> None:
    names = [str(path).rsplit(".", 1)[-1] for path in build_component_list(SETTINGS.getwithbase("DOWNLOADER_MIDDLEWARES"))]
    assert names == [
        "AddressMiddleware",
        "RobotsMiddleware",
        "PaceMiddleware",
        "DownloadTimeoutMiddleware",
        "DefaultHeadersMiddleware",
        "UserAgentMiddleware",
        "RedirectMiddleware",
        "CompressionMiddleware",
        "DownloaderStats",
    ]


def test_extensions_are_these() -> None:
    names = {str(path).rsplit(".", 1)[-1] for path in build_component_list(SETTINGS.getwithbase("EXTENSIONS"))}
    assert names == {"CoreStats", "LogCount", "MemoryUsage", "VisitTracker"}


def test_the_hook_for_the_end_of_a_visit_exists() -> None:
    from scrapy.core.scraper import Scraper

    assert callable(Scraper.enqueue_scrape)
    assert Crawler(NewsSpider, SETTINGS).spidercls is NewsSpider

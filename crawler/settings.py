"""Scrapy's settings, hardened: tests/test_settings.py fails when a default drifts."""

from typing import Any

from scrapy.settings import Settings

from crawler.config import Config
from crawler.politeness.pace import N_WITHOUT_DELAY

BOT_NAME = "yuanwen"
SPIDER_MODULES = ["crawler.spiders"]
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Nothing listens, nothing runs code from outside.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.closespider.CloseSpider": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.logstats.LogStats": None,
    "crawler.visits.VisitTracker": 0,
}

# http(s) only, certificates checked, names resolved through the filter of addresses.
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.safety.fetching.HttpHandler",
    "https": "crawler.safety.fetching.HttpHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"
TWISTED_DNS_RESOLVER = "crawler.safety.resolver.PublicResolver"
HTTPPROXY_ENABLED = False  # a proxy would resolve names behind the filter's back

# Bounds: a page above 8 MiB is no article, before or after decompression.
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 10
URLLENGTH_LIMIT = 2048
DOWNLOAD_FAIL_ON_DATALOSS = True
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024 * 1024

# No state between requests.
COOKIES_ENABLED = False
REFERER_ENABLED = False
HTTPCACHE_ENABLED = False

# Politeness is our own: Scrapy fetches when robots.txt answers 503 and ignores Crawl-delay and Retry-After.
ROBOTSTXT_OBEY = False
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
AUTOTHROTTLE_ENABLED = False
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/feed+json;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,zh-TW;q=0.8,en;q=0.5",
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.safety.fetching.AddressMiddleware": 50,
    "crawler.politeness.robots.RobotsMiddleware": 100,
    "crawler.politeness.pace.PaceMiddleware": 150,
    "crawler.safety.redirects.RedirectMiddleware": 580,
    "crawler.safety.fetching.CompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the spider counts every status
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # drops without a word; AddressMiddleware refuses with one
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {
    "crawler.item_pipelines.ArchivePipeline": 100,
    "crawler.item_pipelines.IngestPipeline": 200,
}
SCHEDULER = "crawler.frontier.SqlScheduler"

LOG_LEVEL = "WARNING"
LOG_INSTALL_ROOT_HANDLER = False  # crawler/running.py installs one whose lines cannot be forged
LOG_FORMATTER = "crawler.safety.logs.OneLineFormatter"
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False  # checks the source of every callback at each call
YUANWEN_ALLOWED_NETWORKS: tuple[str, ...] = ()


def crawl_settings(config: Config, **changes: Any) -> Settings:
    """Return these settings with what the user configured."""
    values = {name: value for name, value in globals().items() if name.isupper()}
    settings = Settings(values, priority="project")
    settings.setdict(
        {
            "DOWNLOAD_DELAY": config.delay,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if config.delay else N_WITHOUT_DELAY,
            "USER_AGENT": config.user_agent,
            "YUANWEN_ALLOWED_NETWORKS": list(config.allowed_networks),
            **changes,
        },
        priority="cmdline",
    )
    return settings

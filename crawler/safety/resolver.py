"""The last word on addresses: names are judged when they are resolved, at each connection, so rebinding gains nothing."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from crawler.safety.addresses import AddressRules, compile_addresses

refused_hosts: dict[str, str] = {}
"""Host to the address it was refused for; tells "unsafe" from "unknown name" in the outcome."""
MAX_REFUSED = 10_000


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Pass on only the addresses that may be fetched."""

    def __init__(self, receiver: Any, host: str, rules: AddressRules) -> None:
        self.receiver, self.host, self.rules = receiver, host, rules

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        host = str(getattr(address, "host", "")).partition("%")[0]
        if self.rules.is_allowed(ipaddress.ip_address(host)):
            self.receiver.addressResolved(address)
        elif len(refused_hosts) < MAX_REFUSED:
            refused_hosts[self.host] = host

    def resolutionComplete(self) -> None:
        self.receiver.resolutionComplete()


class PublicResolver(CachingHostnameResolver):
    """Scrapy's caching resolver, behind the filter: cached answers are judged again at each use."""

    rules = AddressRules()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "PublicResolver":
        """Build it with the allow list of the settings."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.rules = compile_addresses(crawler.settings.getlist("YUANWEN_ALLOWED_NETWORKS"))
        return resolver

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve, and hand on what is public."""
        filtered = _PublicOnly(resolutionReceiver, hostName, self.rules)
        return super().resolveHostName(filtered, hostName, portNumber, addressTypes, transportSemantics)

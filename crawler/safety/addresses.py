"""Which URLs and addresses may be fetched: http(s), no credentials, public addresses only, however spelt."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

from pipelines.errors import FetchFailed, Reason, UsageError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_URL_CHARS = 2048
"""Longer ones are traps or attacks; real article URLs stay below 300."""

SHOWN_CHARS = 200

_SHARED_PREFIXES = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96", "::ffff:0:0:0/96")))
"""IPv6 ranges that carry an IPv4 address: NAT64 (2), 6to4, IPv4-compatible, SIIT."""
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?")
_NUMERIC_HOST = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Networks that are not public but may be fetched."""

    allowed: tuple[Network, ...] = ()

    def is_allowed(self, address: IpAddress) -> bool:
        """Tell whether a connection to the address may be opened.

        An address on the list may be written as itself or as mapped IPv6; addresses hidden in others (NAT64, 6to4) must be public.
        """
        if self._is_listed(address) or self._is_listed(getattr(address, "ipv4_mapped", None)):
            return True
        embedded = _embedded(address)
        return all(_is_public(hidden) for hidden in embedded) if embedded else _is_public(address)

    def _is_listed(self, address: IpAddress | None) -> bool:
        return address is not None and any(address in network for network in self.allowed if network.version == address.version)


def _is_public(address: IpAddress) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def compile_addresses(networks: Iterable[str]) -> AddressRules:
    """Compile the networks of YUANWEN_ALLOW_ADDRESSES.

    Raises:
        UsageError: one is not a network.
    """
    try:
        return AddressRules(tuple(ipaddress.ip_network(n, strict=False) for n in networks))
    except ValueError as error:
        raise UsageError(f"YUANWEN_ALLOW_ADDRESSES: {error}") from error


def _embedded(address: IpAddress) -> tuple[ipaddress.IPv4Address, ...]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    for network in _SHARED_PREFIXES:
        if address in network:
            return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def find_literal_address(host: str) -> IpAddress | None:
    """Read a host that is an IP address in any spelling the C library takes: decimal, octal, hex, short, mapped.

    None: a name, to be judged when it is resolved.

    >>> find_literal_address("0x7f.1"), find_literal_address("[::ffff:7f00:1]")
    (IPv4Address('127.0.0.1'), IPv6Address('::ffff:7f00:1'))
    """
    bare = host.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    if _NUMERIC_HOST.fullmatch(bare):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(bare.rstrip(".")))
        except (OSError, ValueError):
            return None
    return None


def check_url(url: str, rules: AddressRules) -> None:
    """Refuse a URL that must not be fetched, before any name is resolved.

    Raises:
        FetchFailed: UNSAFE_ADDRESS, with the cause in `detail`; the URL in the message is redacted.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _unsafe(url, "not a URL") from error
    if parts.scheme not in ("http", "https"):
        raise _unsafe(url, f"scheme {parts.scheme or 'missing'}, only http and https are fetched")
    if "@" in parts.netloc or "@" in unquote(parts.netloc):
        raise _unsafe(url, "credentials in the URL")
    if not host or len(url) > MAX_URL_CHARS:
        raise _unsafe(url, "no host" if not host else f"longer than {MAX_URL_CHARS} characters")
    if port == 0 or "\\" in url or any(ord(c) < 33 or ord(c) == 127 for c in url):
        raise _unsafe(url, "characters that do not belong in a URL")
    name = _canonical_host(url, host)
    address = find_literal_address(name)
    if address is None and not _HOST_NAME.fullmatch(name):
        raise _unsafe(url, "not a host name")
    if address is not None and not rules.is_allowed(address):
        raise _unsafe(url, f"{address} is not a public address")
    if address is None and _NUMERIC_HOST.fullmatch(name):
        raise _unsafe(url, "a number that is no address")


def _canonical_host(url: str, host: str) -> str:
    """Fold what resolvers fold: percent escapes, full-width digits and dots, trailing dots."""
    try:
        return unquote(host).encode("idna").decode("ascii").lower().rstrip(".") if not host.startswith("[") and ":" not in host else host
    except UnicodeError as error:
        raise _unsafe(url, "not a host name") from error


def _unsafe(url: str, detail: str) -> FetchFailed:
    return FetchFailed(Reason.UNSAFE_ADDRESS, stage="fetch", url=redact_url(url), detail=detail)


def redact_url(url: str) -> str:
    """Take credentials out of a URL for logs and tables; of one that is too long to be fetched, keep what tells it from others.

    >>> redact_url("http://user:secret@example.com/a?b#c")
    'http://***@example.com/a?b#c'
    """
    redacted = re.sub(r"^([a-z][a-z0-9+.-]*:)?//[^/?#]*@", lambda m: f"{m.group(1) or ''}//***@", url, flags=re.IGNORECASE)
    if len(redacted) <= MAX_URL_CHARS:
        return redacted
    return f"{redacted[:SHOWN_CHARS]}…{blake2b(redacted.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"

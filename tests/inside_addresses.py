"""Spellings of addresses that are not public, as attackers write them; shared by the tests of safety."""

SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "127.8.8.8", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "0177.1",
    "017700000001", "0x7F000001", "127.0.0.1.", "0", "0.0.0.0", "0x0", "10.0.0.1", "10.1", "167772161", "012.0.0.1",
    "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.1", "3232235521", "0xc0a80001", "169.254.169.254", "2852039166",
    "0xa9fea9fe", "100.64.0.1", "198.18.0.1", "192.0.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[fc00::1]", "[fd00::1]",
    "[fe80::1]", "[fe80::1%25eth0]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[2002:7f00:1::]", "[2001:db8::1]", "[ff02::1]",
    "[::ffff:a9fe:a9fe]", "[::ffff:0:127.0.0.1]", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "127.0.0.1%00",
)  # fmt: skip

ODD_URLS = (
    "file:///etc/hostname", "ftp://example.com/a", "gopher://example.com:70/_x", "data:text/html,<p>x", "javascript:alert(1)",
    "http://user:secret@example.com/", "http://user@example.com/", "http://example.com%40127.0.0.1/", "http://127.0.0.1\\@example.com/",
    "http:///path", "http://", "//example.com/", "example.com", "http://[::1/", "http://example.com:0/", "http://example.com:99999/",
    "http://exa mple.com/", "http://example.com/\r\nHost: inside", "http://example.com/\x00", "http://999999999999/", "http://0x1ffffffff/",
    "http://1.2.3.4.5/", "http://256.256.256.256/", "http://example.com/" + "a" * 2100,
)  # fmt: skip

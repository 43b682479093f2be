"""Hostile requests: one table, for the test of the app and for the test of a real server.

Values of headers are what arrives in WSGI: text whose characters are bytes (PEP 3333).
"""

MANY = 4000
DIGITS = "9" * 5000
LONG = "x" * 8000
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "MADE-UP")

# Each alone: the first check that refuses it would hide the others.
ALONE = {
    "Origin": ("//[", "http://[", "http://[::1", "", "null", "http://localhost:99999999", "://", "\xff", LONG),
    "Host": ("[", "[::1", "localhost:", "localhost:x", "localhost:99999999999", "", ".", "\xff", "xn--a", "xn--\x80",
             "a@localhost", "localhost, localhost", "localhost/", LONG),
    "Sec-Fetch-Site": ("\xff", "", "none, none"),
    "Content-Length": ("x", "-1", "1_0", "\xb2", DIGITS, "10", ""),
    "Transfer-Encoding": ("chunked", "x", "chunked, chunked", "\xff"),
}  # fmt: skip
# All names at once, each with the value whose turn it is.
TOGETHER = {
    "Accept": ("\xff;q=x, */*;q=nan", "*/*;q=1e999", ",;=" * 1000),
    "Accept-Encoding": ("gzip;q=nan, br;q=x, *;q=\xff", "br;q=1e400", ";;,,", ",".join(["br"] * 2000)),
    "Accept-Language": ("en;q=NaN, fr;q=1e999, de;q=-1", ";;;,,,=\xff", "-", "_-_-_, zh-Hant-TW-x-" + "a" * 500, LONG,
                        ",".join(f"a{number};q=0.{number}" for number in range(800))),
    "Authorization": ("Basic \xff", "Basic " + "=" * 100, "Digest x", "Bearer", ""),
    "Cookie": ("session=\xff\xfe", f"session={LONG}", "session=.eJw.a.b", "session=e30.aaaa.bbbb", "session=;;;=;=,",
               "session=\"\\377\\000\"; remember_token=1|x", "session=a; session=b; __Host-session=c"),
    "Content-Type": ("\xff", "multipart/form-data", "", ";;;", "text/html; charset=\xff"),
    "Expect": ("x",),
    "Forwarded": ("for=[", "for=\"[::1\"; host=["),
    "HX-Current-URL": ("http://[", "%ff%00", LONG, "\xff"),
    "HX-Request": ("true", "\xff", "false"),
    "HX-Target": ("\xff", "\"", LONG),
    "HX-Trigger": ("%ff", "\x00"),
    "If-Match": ('"x"', "*", '"unclosed'),
    "If-Modified-Since": ("Mon, 99 Foo 99999 99:99:99 GMT", "Thu, 01 Jan 0000 00:00:00 GMT",
                          "Thu, 01 Jan 1970 00:00:00 -9999999", f"Thu, 01 Jan {DIGITS} 00:00:00 GMT", "\xff"),
    "If-None-Match": ("*", '"a", W/"b",' * 500, '"unclosed', "\xff", ",,,", "W/"),
    "If-Range": ("\xff", "Thu, 01 Jan 0000 00:00:00 GMT"),
    "If-Unmodified-Since": ("\xff", "Thu, 01 Jan 0000 00:00:00 GMT"),
    "Range": ("bytes=0-0,1-1,2-2", f"bytes=-{DIGITS}", "bytes=9-1", "x", "bytes=a-b", "bytes=\xb2-", "bytes=0-"),
    "Referer": ("http://[", "\xff"),
    "User-Agent": ("\xff" * 100, ""),
    "X-Forwarded-For": ("[", "," * 500, "\xff:\xff", "unknown", "2001:db8::1%\xff"),
    "X-Forwarded-Host": ("localhost",),
    "X-Forwarded-Port": ("x", "99999999999", "-1"),
    "X-Forwarded-Prefix": ("//[", "\xff"),
    "X-Forwarded-Proto": ("x://[", "\xff", "javascript", "https, x", ""),
    "X-HTTP-Method-Override": ("DELETE", "\xff"),
}  # fmt: skip
# What stands behind a name in an address, each name with all of these; those that need a certain one are below.
ASKED = ("%00", "%ff", "", DIGITS, "-1", "1_0", "%D9%A3", "%C2%B2", "2026-W05-1", "0000-00-00", "10000-01-01", "NaN",
         "http://[", "//evil.example", "/en/dashboard/%0d%0a", "%25_%5c'%22", LONG)  # fmt: skip
NAMES = ("group", "v", "theme", "size", "lang", "next", "action", "page", "after", "before", "sort", "order", "q",
         "from", "to", "day", "days", "kind", "person", "actor", "deed", "channel", "format", "url", "maxwidth",
         "maxheight", "style", "separator", "shown", "reason", "asked", "sent", "source", "state")  # fmt: skip
OURS = "http://localhost/en/actions/ua-12-26"
QUERIES = (
    "", "v", "=", "&&&&", "%", "%zz", "a[b]=c", "\xb2", f"v={'-' * 500}",
    "v=1-1-0-open-\xb2", f"v=1-1-0-open-{DIGITS}", "v=1-1-0-open-%D9%A3",
    "group=a&group=b&lang=fr&lang=en", "&".join(f"a{number}=b" for number in range(MANY)),
    f"url={OURS}&maxwidth={DIGITS}", f"url={OURS}&maxheight=%D9%A3", f"url={OURS}&maxwidth=1_0",
    f"format=xml&url={OURS}%00", f"format=xml&url={OURS}?group=%2500%2501%25ef%25bf%25bf",
    f"url={OURS}?{'a=b%26' * 2000}",
    "url=http://localhost:99999999/en/actions/ua-12-26", "format=xml&url=//[::1/en", "format=%00",
)  # fmt: skip
PATHS = (
    "/\0", "/\xff", "/en/\0", "/en/actions/\0", "/en/actions/\xff\xfe", f"/en/actions/{LONG}", "/en/../..", "/en/./",
    "/en/actions/../../app.py", "/en/\\..\\", "//", "//evil.example", "///", "/en//actions", "/EN/", "/de/", "/en",
    "/en/dashboard/x/pledges/99999999999999999999/void", "/en/dashboard/x/pledges/-1/void",
    "/en/dashboard/x/pledges/\xc2\xb2/void", f"/en/pledges/{'a' * 101}", f"/en/pledges/{'a' * 15}",
    f"/en/pledges/{'A' * 20}\n", "/files/\0", "/files/../app.py", f"/files/{LONG}", "/static/\0",
    f"/static/{'a/' * 2000}",
    "/static/../app.py", f"/static/{'a' * 300}", f"/actions/{LONG}/card.png", "/actions/\0/badge.svg",
    "/actions/x/badge.json",
    "/actions/-/card.png", "/api/", "/api/v1/\0", "/api/v1/actions/\xff", "/en/embed/\xff", "/oembed/", "*", "",
    "/en/actions/ua-12-26/\xe2\x80\xae", "/en/listing/", "/.env", "/en/actions/ua-12-26;x=1",
)  # fmt: skip
# What a field of a form can hold: numbers, days, addresses, texts that mean something elsewhere.
VALUES = (
    "", " ", "\0", "a\0b", DIGITS, "-1", f"-{DIGITS}", "1.5", "NaN", "Infinity", "1e400", "1_0", "\u0663", "\xb2", "0",
    "2147483648", "9223372036854775808", "+3", "0x10", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01",
    "2026-W05-1", "20260309", "2026-02-30", "x" * 20_000, "\uffff\U0010ffff", "\u202e\u200b", "a@b",
    f"a@{'b' * 300}.org", "é@é.é", "a@[127.0.0.1]", '"a b"@example.org', "a@example.org\r\nBcc: b@example.org",
    "<script>", "{{7*7}}", "http://[", "=1+1", "1,2,3", f"1,,x,{DIGITS}", "America/Toronto\0", "../etc/passwd", "0/0",
    "99999/99", "ASA 33/1/2026", "target", "group", "\n" * 2000, "\r\n\r\nx" * 500,
)  # fmt: skip
TEXTS = (
    "name", "email", "letters", "password", "new_password", "code", "csrf_token", "once_key", "whom", "group",
    "channel",
    "sent_on", "write_on", "sure", "role", "reason", "deadline", "revision", "shown", "title", "text", "document",
    "note",
    "outcome", "people", "goal", "action", "letters-1", "recipients-0-name", "change", "List-Unsubscribe",
)  # fmt: skip


def _part(head: bytes, content: bytes = b"a") -> bytes:
    return b"--x\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def _parts(content: bytes, more: bytes = b"") -> bytes:
    heads = (b"Content-Disposition: form-data; name=" + name.encode() + more for name in TEXTS)
    return b"".join(_part(head, content) for head in heads) + b"--x--\r\n"


def _every(value: bytes) -> bytes:
    return b"&".join(name.encode() + b"=" + value for name in TEXTS)


NAMED = b"Content-Disposition: form-data; name=name"
# Content type and body.
BODIES = {
    "JSON": ("application/json", b'{"letters": 3, "email": "zoe@example.org", "csrf_token": 1, "password": []}'),
    "JSON list": ("application/json", b"[1]"),
    "JSON text": ("application/json", b'"x"'),
    "JSON null": ("application/json; charset=utf-7", b"null"),
    "JSON deep": ("application/json", b"[" * 60_000),
    "JSON number": ("application/vnd.api+json", b'{"letters":' + b"9" * 10_000 + b"}"),
    "JSON damaged": ("application/json", b"\xff\xfe"),
    "JSON empty": ("application/json", b""),
    "bytes": (FORM, bytes(range(256))),
    "nothing": (FORM, b""),
    "NUL": (FORM, _every(b"%00")),
    "no UTF-8": (FORM, _every(b"%ff")),
    "digits": (FORM, _every(DIGITS.encode())[:60_000]),
    "many numbers": (FORM, b"&".join(b"letters-%d=1" % number for number in range(MANY))),
    "far numbers": (FORM, b"letters-999999999=1&letters--1=1&letters-=1&letters-1_0=1&letters-\xc2\xb2=1"
                          b"&recipients-999999999-name=x&recipients--1-name=x&recipients-%C2%B2-name=x"),
    "whom": (FORM, b"letters-1=1&whom=,,x,999999999999,%00,%C2%B2,-1&whom=1"),
    "many fields": (FORM, b"&".join(b"a%d=" % number for number in range(MANY))),
    "same field": (FORM, b"&".join([b"name=a&email=b&password=c&csrf_token=d&once_key=e"] * 200)),
    "equal signs": (FORM, b"=" * 10_000),
    "ampersands": (FORM, b"&" * 50_000),
    "names": (FORM, b"na%00me=x&%00=y&%ff=z&=n"),
    "one click": (FORM, b"List-Unsubscribe=One-Click"),
    "too large": (FORM, b"name=" + b"x" * 70_000),
    "UTF-7": (f"{FORM}; charset=utf-7", b"name=+AGE-&letters=1"),
    "UTF-16": (f"{FORM}; charset=utf-16", "name=a&letters=1".encode("utf-16")),
    "unknown charset": (f"{FORM}; charset=\xff", b"name=a"),
    "plain text": ("text/plain", b"name=a"),
    "no type": ("", b"name=a"),
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "empty boundary": ("multipart/form-data; boundary=", b"--\r\n"),
    "long boundary": (f"multipart/form-data; boundary={LONG}", b"--" + LONG.encode() + b"\r\n\r\n"),
    "strange boundary": ("multipart/form-data; boundary=\xff", b"--\xff\r\n"),
    "files": (PARTS, _parts(b"hello", b"; filename=a.txt")),
    "files without a name": (PARTS, _parts(b"", b'; filename=""')),
    "file names": (PARTS, _parts(b"hello", b'; filename="\xff\\..\\\0"\r\nContent-Length: 1_0')),
    "many parts": (PARTS, _part(NAMED) * 1000 + b"--x--\r\n"),
    "nested parts": (PARTS, _part(NAMED + b"\r\nContent-Type: multipart/mixed; boundary=y", b"--y\r\n\r\na\r\n--y--")),
    "part cut short": (PARTS, _part(NAMED)[:-2]),
    "part without a name": (PARTS, _part(b"Content-Disposition: form-data") + b"--x--\r\n"),
    "part without a kind": (PARTS, _part(b"Content-Type: x") + b"--x--\r\n"),
    "part with a damaged head": (PARTS, _part(b"\xff\xfe") + b"--x--\r\n"),
    "part in UTF-7": (PARTS, _part(NAMED + b"\r\nContent-Type: text/plain; charset=utf-7", b"+AGE-") + b"--x--\r\n"),
    "part with NUL in its name": (PARTS, _part(b'Content-Disposition: form-data; name="na\0me"') + b"--x--\r\n"),
}  # fmt: skip

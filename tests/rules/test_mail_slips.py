"""Which addresses look like slips, and which do not."""

import pytest

from ua_tracker import mail_slips


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("GMAILL.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.cmo", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.fr", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmial.fr", "hotmail.fr"),
        ("yaho.ca", "yahoo.ca"),
        ("yahoo.cm", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("lvie.com", "live.com"),
        ("sympatco.ca", "sympatico.ca"),
        ("example.con", "example.com"),
        ("oursection.ogr", "oursection.org"),
    ],
)
def test_a_likely_slip_has_the_address_that_was_meant(typed, meant):
    assert mail_slips.meant(f"Amal.L+1@{typed}") == f"Amal.L+1@{meant}"
    assert mail_slips.meant(f"Amal.L+1@{meant}") is None


@pytest.mark.parametrize(
    "domain",
    [
        *sorted({*mail_slips.LARGE, *mail_slips.OTHERS}), "example.org", "company.co", "hotmail.de", "yahoo.de",
        "gmx.com", "line.com", "web.de", "me.com", "münchen.de", "xn--mnchen-3ya.de", "gov.cm", "localhost", "", ".",
        "com",
    ],
)  # fmt: skip
def test_an_address_that_may_well_be_right_is_not_asked_about(domain):
    assert mail_slips.meant(f"amal@{domain}") is None


def test_the_domains_that_the_office_knows_are_compared_too():
    assert mail_slips.meant("amal@amnesy.ca") is None
    assert mail_slips.meant("amal@amnesy.ca", ["amnesty.ca"]) == "amal@amnesty.ca"
    assert mail_slips.meant("amal@gmial.ca", ["gmial.ca"]) is None


def test_no_text_is_too_long_or_too_strange():
    for text in ("", "@", "amal", "@gmial.com", "a@" + "x" * 100_000 + ".con", "a@b@gmial.com\x00"):
        assert mail_slips.meant(text) in (None, "a@b@gmial.com\x00")

"""A client that reads pages as a person does, and checks each of them.

Every page must be valid HTML with a title, one h1, a language, unique ids and a label for every field. Each form has
an action and its hidden keys, and nothing is loaded from another site. No response sets a cookie, except on the
coordinators' pages, which no cache may store.
"""

import re
from functools import cached_property
from urllib.parse import urlencode

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder

from ua_tracker.exports import WORKBOOK_TYPE
from ua_tracker.languages import IN_PATH, LANGUAGES
from ua_tracker.web.template_lines import BLOCKS

PRIVATE = re.compile(rf"^/{IN_PATH}/(?:login|dashboard)(?:[/?]|$)")
TYPED = "input[name]:not([type=radio], [type=checkbox])"
BLOCK = re.compile(rf"(?=<(?:{BLOCKS})\b)")
INLINE = re.compile(r"^on[a-z]+$")


class StrictTree(HTML5TreeBuilder):
    """Builds the tree as a browser does, but fails at the first error of the markup."""

    def feed(self, markup: str) -> None:
        html5lib.HTMLParser(tree=self.create_treebuilder, strict=True).parse(markup)


def strictly(html: str) -> BeautifulSoup:
    """A whole page, checked and parsed in one pass, because html5lib takes longer for a page than Flask.

    Before each block stands a line end, as a browser shows it.
    """
    return BeautifulSoup(BLOCK.sub("\n", html), builder=StrictTree, store_line_numbers=False)


NO_TEXT = {"image/png", "image/webp", WORKBOOK_TYPE}


def read(element: Tag) -> str:
    """Its text as a person reads it: with single spaces, and without what only says where a line may not end."""
    return " ".join(element.get_text().split()).replace("\u2011", "-")


class Page:
    """A response, parsed."""

    def __init__(self, reader: "Reader", response) -> None:
        self.reader, self.response = reader, response
        self.status, self.headers = response.status_code, response.headers
        self.body = response.get_data()
        self.html = "" if response.mimetype in NO_TEXT else self.body.decode()
        response.close()

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The response as a browser parses it, with a line end before each block: so a browser shows it."""
        return BeautifulSoup(BLOCK.sub("\n", self.html), "html5lib")

    @property
    def text(self) -> str:
        """The text of the page, with single spaces."""
        main = self.soup.find("main") or self.soup
        return read(main)

    def count(self, name: str) -> int:
        """The machine-readable number of this name."""
        [element] = self.soup.select(f'[data-count="{name}"]')
        return int(element.get_text())

    def submit(self, button: str, htmx: bool = False, **typed) -> "Page":
        """Fills in the form that has this button and presses it; `letters_1` fills the field letters-1."""
        form = self.form(button)
        values = {field["name"]: field.get("value", "") for field in form.select(TYPED)}
        # A choice without a value leaves the answer to the field of the same name (the day of a report).
        values |= {field["name"]: field["value"] for field in form.select("input[checked]") if field["value"]}
        values |= {
            field["name"]: (field.select_one("[selected]") or {}).get("value", "") for field in form.select("select")
        }
        values |= {re.sub(r"_(\d+)$", r"-\1", name): value for name, value in typed.items()}
        return self.reader.post(form["action"], values, htmx=htmx)

    def press(self, button: str, tick: tuple[str, ...] = (), **typed: str) -> "Page":
        """Presses the button of a form that is sent as a query, as a browser does without scripts.

        `tick` has the values of boxes that are ticked before; the fields may stand outside their form.
        """
        pressed = next(one for one in self.soup.find_all("button") if read(one) == button)
        form = self.soup.find(id=pressed["form"]) if pressed.has_attr("form") else pressed.find_parent("form")
        sent = []
        for field in self.soup.select("input[name], select[name], button[name]"):
            owner = self.soup.find(id=field["form"]) if field.has_attr("form") else field.find_parent("form")
            if owner is form and (value := _sent(field, pressed, tick, typed)) is not None:
                sent.append((field["name"], value))
        return self.reader.get(f"{pressed.get('formaction', form['action']).partition('?')[0]}?{urlencode(sent)}")

    def form(self, button: str) -> Tag:
        """The form that has a button with these words."""
        return next(form for form in self.soup.select("form") if button in read(form))

    def keys(self, button: str) -> dict[str, str]:
        """The hidden keys of that form."""
        return {field["name"]: field["value"] for field in self.form(button).select("input[type=hidden]")}

    def follow(self) -> "Page":
        """Follows the redirect."""
        assert self.status in (302, 303), self.status
        return self.reader.get(self.headers["Location"])


def _sent(field: Tag, pressed: Tag, tick: tuple[str, ...], typed: dict[str, str]) -> str | None:
    """What a field adds to a form that is sent, None for nothing."""
    if field.name == "button":
        return field.get("value", "") if field is pressed else None
    if field.get("type") in ("checkbox", "radio"):
        return field["value"] if field.has_attr("checked") or field["value"] in tick else None
    if field["name"] in typed:
        return typed[field["name"]]
    if field.name == "select":
        return (field.select_one("option[selected]") or field.option)["value"]
    return field.get("value", "")


class Reader:
    """A visitor with a browser and no cookies; with `htmx` a form is posted as htmx does it.

    `checks` is whether each page is checked. It is not where the same tests ran on another database: the markup is
    the same, and reading it strictly takes longer than making it.
    """

    checks = True

    def __init__(self, app) -> None:
        self.client = app.test_client(use_cookies=False)

    def get(self, path: str, **kinds) -> Page:
        return self._read(self.client.get(path, **kinds))

    def post(self, path: str, values: dict, htmx: bool = False, **kinds) -> Page:
        headers = {"HX-Request": "true", **kinds.pop("headers", {})} if htmx else kinds.pop("headers", {})
        return self._read(self.client.post(path, data=values, headers=headers, **kinds))

    def _read(self, response) -> Page:
        if PRIVATE.match(response.request.path):
            assert response.headers["Cache-Control"] == "no-store"
        else:
            assert "Set-Cookie" not in response.headers
            assert "cookie" not in response.headers.get("Vary", "").lower()
        page = Page(self, response)
        is_html = response.mimetype == "text/html" and page.html and response.status_code not in (302, 303, 308)
        if self.checks and is_html:
            check_fragment(page) if not page.html.startswith("<!doctype") else check_page(page)
        return page


class CoordinatorReader(Reader):
    """A coordinator with a browser that keeps the session cookie."""

    def __init__(self, app) -> None:
        self.client = app.test_client()

    def sign_in(self, email: str, password: str, **query: str) -> Page:
        """Signs in with the form; returns the page that comes next."""
        page = self.get("/en/login", query_string=query)
        return page.submit("Sign in", email=email, password=password)


def check_page(page: Page) -> None:
    """What every whole page must have."""
    page.soup = soup = strictly(page.html)
    assert soup.html["lang"] in LANGUAGES
    assert soup.title.get_text().strip(" –")
    assert len(soup.select("h1")) == 1, soup.select("h1")
    assert soup.main
    _check_parts(soup)


def check_fragment(page: Page) -> None:
    """What every fragment must have; behind it may be others, which take the place of their own kind."""
    html5lib.HTMLParser(strict=True).parseFragment(page.html)
    assert "<html" not in page.html
    roots = [child for child in page.soup.body.children if isinstance(child, Tag)]
    assert [bool(root.get("hx-swap-oob")) for root in roots] == [False, *[True] * (len(roots) - 1)]
    _check_parts(page.soup)


def _check_parts(soup: BeautifulSoup) -> None:
    elements = soup.find_all(True)
    ids = [element["id"] for element in elements if "id" in element.attrs]
    assert len(ids) == len(set(ids)), f"an id is used twice: {sorted(ids)}"
    labelled = {element.get("for") for element in elements if element.name == "label"}
    for element in elements:
        assert not any(INLINE.match(name) or name == "style" for name in element.attrs), element
        if element.name == "script":
            assert element.get("src"), "an inline script"
        if element.name in ("script", "img", "iframe") or "stylesheet" in element.get("rel", ()):
            assert element.get("src", element.get("href", "")).startswith(("/", "data:")), element
        if element.name in ("input", "select", "textarea") and element.get("type") != "hidden":
            assert element.get("id") in labelled or element.find_parent("label"), f"no label: {element}"
    for form in soup.find_all("form"):
        assert form.get("action"), form
        if form.get("method") == "get":
            continue  # it only reads, so it needs no keys
        assert form.get("method") == "post", form
        assert form.select("input[name=csrf_token][value]"), form
        if not PRIVATE.match(form["action"]):
            assert form.select("input[name=once_key][value]"), form

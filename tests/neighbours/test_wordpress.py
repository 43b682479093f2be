"""The codes of the page to share in the real WordPress, as an administrator and as an author put them in."""

import io
import re
import shutil
import urllib.request
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.conftest import lacking
from tests.elsewhere import Elsewhere
from tests.factories import NOON, a_group, a_report, an_action
from tests.neighbours.chromium import Chromium
from tests.neighbours.wordpress_site import Post, WordPress
from tests.outside.browsers import Browser, Firefox, WebKit, until
from tests.outside.test_firefox_and_webkit import PROGRAMS
from tests.site import Site
from ua_tracker.models import ActionTally

LIVE = ("link", "iframe", "script")
FORMS = (*LIVE, "newsletter", "badge")
SENT = "document.querySelector('[data-count=letters-sent]')?.textContent.trim()"
POLLS = "document.querySelector('[data-interval]').dataset.interval"  # seconds
CUT = "document.documentElement.scrollHeight - innerHeight"
FRAME = ".entry-content iframe[src*='/embed/']"
PICTURE = ".entry-content img[src*='/actions/']"
# As the editor of blocks writes a text, HTML, and an address that was pasted on a line of its own.
PARAGRAPH = "<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->"
HTML = "<!-- wp:html -->\n{}\n<!-- /wp:html -->"
EMBED = (
    '<!-- wp:embed {{"url":"{0}","type":"rich","providerNameSlug":"ua-tracker"}} -->\n'
    '<figure class="wp-block-embed is-type-rich is-provider-ua-tracker wp-block-embed-ua-tracker">'
    '<div class="wp-block-embed__wrapper">\n{0}\n</div></figure>\n<!-- /wp:embed -->'
)


class Phone(Elsewhere):
    """A page that shows another one as wide as on a phone, for a browser whose window cannot be so narrow."""

    def show(self, window: Browser, address: str) -> None:
        """Opens the page in it; the window's `frame(None)` then leads out of it."""
        self.body = f'<iframe id="phone" width="360" height="800" style="border: 0" src="{address}"></iframe>'
        window.open(self.address)
        window.frame("#phone")


class View:
    """One browser's view of a post, 1280 or 360 pixels wide."""

    def __init__(self, window: Browser, phone: Phone, width: int) -> None:
        self.name = f"{type(window).__name__} at {width}"
        self._window, self._phone = window, phone
        self._framed = width < 450 and isinstance(window, WebKit)
        window.frame(None)
        window.resize(1280 if self._framed else width, 800)

    def open(self, address: str) -> None:
        """Loads a page."""
        if self._framed:
            self._phone.show(self._window, address)
        else:
            self._window.open(address)

    def run(self, script: str) -> object:
        """What the body of a function answers in the post."""
        return self._window.run(script)

    def in_counter(self, script: str) -> object:
        """What the body of a function answers in the counter's frame; None while there is no frame."""
        if not self.run(f"return Boolean(document.querySelector({FRAME!r}))"):
            return None
        self._window.frame(FRAME)
        try:
            return self._window.run(script)
        finally:
            self._window.frame(None)
            if self._framed:
                self._window.frame("#phone")

    def excess(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "ua_tracker.db")
    running = Site(folder, f"sqlite:///{path}", NOON).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def session(server) -> Iterator[Session]:
    engine = create_engine(server.database)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture(scope="module")
def action(session):
    """An open action, with the group of Montréal."""
    a_group(session)
    return an_action(session)


@pytest.fixture(scope="module")
def codes(server, action) -> dict[str, str]:
    """Each code as the page to share gives it for the group of Montréal."""
    with urllib.request.urlopen(f"{server.address}/en/actions/{action.slug}/share?group=montreal") as page:
        soup = BeautifulSoup(page.read(), "html5lib")
    return {form: soup.select_one(f"textarea#code-{form}").get_text() for form in FORMS}


@pytest.fixture(scope="module")
def wordpress(server, tmp_path_factory) -> Iterator[WordPress]:
    running = WordPress(tmp_path_factory.mktemp("wordpress"), server.port)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def themes(wordpress) -> dict[bool, str]:
    """A theme that is made of blocks, and a classic one."""
    found = {in_blocks: name for name, in_blocks in sorted(wordpress.themes.items())}
    if set(found) != {True, False}:
        lacking("wordpress", f"themes: {found}")
    return found


def content(form: str, code: str, in_blocks: bool) -> str:
    """The text of a post with this code, as the editor of blocks or the classic one stores it."""
    if not in_blocks:
        return f"Before.\n\n{code}\n\nAfter."
    around = EMBED if form == "link" else HTML
    return "\n\n".join((PARAGRAPH.format("Before."), around.format(code), PARAGRAPH.format("After.")))


@pytest.fixture(scope="module")
def posts(wordpress, codes) -> dict[tuple[str, str, bool], Post]:
    """A post for each writer, code and editor."""
    kinds = [(by, form, blocks) for by in ("admin", "author") for form in FORMS for blocks in (True, False)]
    told = [{"by": by, "title": "Letters", "content": content(form, codes[form], blocks)} for by, form, blocks in kinds]
    return dict(zip(kinds, wordpress.write(*told), strict=True))


@pytest.fixture(scope="module")
def plain(wordpress) -> Post:
    """A post without a counter."""
    [post] = wordpress.write({"by": "admin", "title": "Letters", "content": "Before.\n\nAfter."})
    return post


@pytest.fixture(scope="module")
def phone() -> Iterator[Phone]:
    running = Phone()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def windows() -> Iterator[list[Browser]]:
    for program in ("chromium", *PROGRAMS[Firefox], *PROGRAMS[WebKit]):
        if shutil.which(program) is None:
            lacking("browsers", f"{program} is missing")
    running = [kind() for kind in (Chromium, Firefox, WebKit)]
    yield running
    for one in running:
        one.stop()


@pytest.fixture(params=[1280, 360])
def views(request, windows, phone) -> list[View]:
    """All browsers, at one width."""
    return [View(window, phone, request.param) for window in windows]


def letters_sent(session) -> int:
    session.rollback()
    return session.scalars(select(ActionTally.letters_sent)).one()


@pytest.mark.parametrize("in_blocks", [True, False], ids=["blocks", "classic"])
@pytest.mark.parametrize("form", LIVE)
def test_the_counter_lives_in_a_post(session, action, posts, plain, themes, views, form, in_blocks):
    a_report(session, action, target=1)
    shown = letters_sent(session)
    for view in views:
        view.open(plain.looking(themes[in_blocks]))
        own = view.excess()
        view.open(posts["admin", form, in_blocks].looking(themes[in_blocks]))
        until(lambda view=view: view.in_counter(f"return {SENT}") == str(shown), 20)
        assert view.excess() <= own, f"{view.name}: wider than the window"
        until(lambda view=view: view.in_counter(f"return {CUT}") <= 0, 20)
    a_report(session, action, target=1)
    for view in views:
        until(lambda view=view: view.in_counter(f"return {SENT}") == str(shown + 1))
        assert int(str(view.in_counter(f"return {POLLS}"))) <= 10


@pytest.mark.parametrize("in_blocks", [True, False], ids=["blocks", "classic"])
@pytest.mark.parametrize("form", ["newsletter", "badge"])
def test_a_picture_fits_into_a_post(session, action, posts, plain, themes, views, form, in_blocks):
    a_report(session, action, target=1)
    for view in views:
        view.open(plain.looking(themes[in_blocks]))
        own = view.excess()
        view.open(posts["admin", form, in_blocks].looking(themes[in_blocks]))
        until(lambda view=view: view.run(f"return document.querySelector({PICTURE!r}).naturalWidth > 0"), 20)
        assert view.excess() <= own, f"{view.name}: wider than the window"
        source = str(view.run(f"return document.querySelector({PICTURE!r}).currentSrc"))
        with urllib.request.urlopen(source) as answer:
            picture = answer.read()
        if form == "badge":
            assert f">{letters_sent(session)}<".encode() in picture
        else:
            assert Image.open(io.BytesIO(picture)).size == (1200, 630)


@pytest.mark.parametrize("in_blocks", [True, False], ids=["blocks", "classic"])
def test_what_an_author_may_write_stays_and_the_rest_leaves_no_debris(posts, codes, in_blocks):
    """WordPress takes frames and scripts from whoever may not write every HTML (its `kses`)."""
    for form in ("link", "newsletter", "badge"):
        assert posts["author", form, in_blocks].kept == posts["admin", form, in_blocks].kept
    link, left = BeautifulSoup(codes["script"], "html5lib").a, posts["author", "script", in_blocks].kept
    assert [(one["href"], one.text) for one in BeautifulSoup(left, "html5lib").select("a")] == [
        (link["href"], link.text)
    ]
    for form in ("script", "iframe"):
        soup = BeautifulSoup(posts["author", form, in_blocks].kept, "html5lib")
        assert soup.select("script, iframe") == []
        assert re.sub(r"\s+", " ", soup.get_text()).strip() in ("Before. After.", f"Before. {link.text} After.")

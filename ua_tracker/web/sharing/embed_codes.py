"""The HTML that people copy into their own pages, and the URLs in it."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from markupsafe import Markup

from ua_tracker import cards
from ua_tracker.models import Action
from ua_tracker.web.request import absolute, language
from ua_tracker.web.sharing.embed_options import Choices

# The size in CSS pixels that the embedded page needs where no script adjusts its height: with a long title, a group's
# share and everything else that it can show. A test compares the page with it. What is left over, the page fills.
WIDTH = 480
HEIGHTS = {"full": 480, "compact": 240}
# Pictures are never wider than their place and keep their proportions. WordPress keeps these styles.
_FLUID = Markup(' style="max-width:100%;height:auto"')


@dataclass(frozen=True)
class Codes:
    """The codes for one action with these choices, in the request's language."""

    action: Action
    choices: Choices

    @property
    def title(self) -> str:
        """The title of the frame, for screen readers."""
        return gettext("Letters so far: %(title)s", title=self.action.title)

    @property
    def page(self) -> str:
        """The URL of the action's page, with the group preselected."""
        return absolute(url_for("actions.show", slug=self.action.slug, **self._group))

    @property
    def wordpress(self) -> str:
        """The same URL with the chosen theme and size, for WordPress."""
        return absolute(url_for("actions.show", slug=self.action.slug, **self.choices.query))

    @property
    def framed(self) -> str:
        """The URL of the embedded page."""
        return absolute(url_for("embed.frame", slug=self.action.slug, **self.choices.query))

    @property
    def badge(self) -> str:
        """The URL of the small image."""
        return absolute(url_for("images.badge", slug=self.action.slug, lang=language(), **self._group))

    @property
    def card(self) -> str:
        """The URL of the large image."""
        return self.card_of(cards.WIDTH)

    def card_of(self, width: int) -> str:
        """The URL of the large image in this width, one of `cards.WIDTHS`."""
        smaller: dict[str, Any] = {} if width == cards.WIDTH else {"width": width}
        return absolute(url_for("images.card", slug=self.action.slug, lang=language(), **self._group, **smaller))

    @property
    def preview(self) -> dict[str, object]:
        """What link previews on other sites (ogp.me) and oEmbed are told, for `actions/_link_preview.html`."""
        size = {"width": cards.WIDTH, "height": cards.HEIGHT}
        return {"card": self.card, "page": self.page, "wordpress": self.wordpress, **size}

    @property
    def iframe(self) -> Markup:
        """The frame without a script."""
        return _as_block(self.frame_of(WIDTH, HEIGHTS[self.choices.size]))

    def frame_of(self, width: int, height: int) -> Markup:
        """The frame in this height and at most this wide, in CSS pixels; on a narrow screen it shrinks.

        WordPress takes the style out of an oEmbed response, and there the frame is as wide as the text.
        """
        return Markup(
            '<iframe src="{}" title="{}" width="100%" height="{}" frameborder="0" style="max-width:{}px"></iframe>'
        ).format(self.framed, self.title, height, width)

    @property
    def quoted(self) -> Markup:
        """The plain link, for pages that show no frame. WordPress shows it until the frame has loaded."""
        return Markup('<blockquote><a href="{}">{}</a></blockquote>').format(self.page, self.action.title)

    @property
    def script(self) -> Markup:
        """The link, and the script that turns it into the counter."""
        look = {name: value for name, value in self.choices.query.items() if name != "group"}
        data = Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in look.items())
        return _as_block(
            Markup('<a class="ua-counter" href="{}"{}>{}</a><script src="{}" async></script>').format(
                self.page, data, self.action.title, absolute(url_for("embed.script"))
            )
        )

    @property
    def newsletter(self) -> Markup:
        """The large image with a link, for mails. Outlook needs its width as an attribute."""
        return self._pictured(self.card, Markup(' width="{}"').format(cards.WIDTH // 2))

    @property
    def badge_link(self) -> Markup:
        """The small image with a link."""
        return self._pictured(self.badge, Markup())

    def _pictured(self, source: str, size: Markup) -> Markup:
        picture = Markup('<img src="{}" alt="{}"{}{}>').format(source, self.title, size, _FLUID)
        return _as_block(Markup('<a href="{}">{}</a>').format(self.page, picture))

    @property
    def _group(self) -> dict[str, Any]:
        return {name: value for name, value in self.choices.query.items() if name == "group"}


def _as_block(code: Markup) -> Markup:
    """The code in a block of its own: themes of WordPress align blocks with the text, and nothing that stands alone.

    In one line, because WordPress and Divi make line breaks of those in a code.
    """
    return Markup("<div>{}</div>").format(code)


def provider() -> dict[str, str]:
    """The site's name and URL, as oEmbed asks for them."""
    return {"provider_name": current_app.config["SITE_NAME"], "provider_url": absolute("/")}

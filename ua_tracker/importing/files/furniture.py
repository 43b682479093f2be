"""What of a web page is no part of its text: scripts, menus, forms, hidden parts."""

from selectolax.lexbor import LexborNode

_NEVER_TEXT = {
    "audio",
    "button",
    "canvas",
    "dialog",
    "embed",
    "head",
    "iframe",
    "img",
    "input",
    "math",
    "nav",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
}
_ROLES = {"navigation", "contentinfo", "search", "dialog", "alertdialog"}
_CLASSES = {
    "breadcrumb",
    "breadcrumbs",
    "comments",
    "cookie-banner",
    "cookie-notice",
    "cookies",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "newsletter-signup",
    "pagination",
    "related-posts",
    "screen-reader-text",
    "share",
    "sharedaddy",
    "sharing",
    "sidebar",
    "skip-link",
    "skip-to-content",
    "social-links",
    "social-share",
    "sr-only",
    "visually-hidden",
}
_MAIN = "main, article, h1"


def is_furniture(node: LexborNode, has_title_outside: bool) -> bool:
    """Whether the element is clearly no part of the text. `has_title_outside`: the page has a title in no header."""
    tag, attributes = node.tag or "", node.attributes
    if tag in _NEVER_TEXT or tag == "footer" or attributes.get("role") in _ROLES or _is_hidden(attributes):
        return True
    if tag == "header" or attributes.get("role") == "banner":
        return not _is_inside_text(node) and (has_title_outside or node.css_first("h1") is None)
    if tag == "form":  # some programs put the whole page into one
        return node.css_first("main, article, h1, h2, h3") is None
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()
    return not _CLASSES.isdisjoint(names) and node.css_first(_MAIN) is None


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or attributes.get("aria-hidden") == "true" or "display:none" in style


def _is_inside_text(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in {"main", "article"}:
            return True
        parent = parent.parent
    return False

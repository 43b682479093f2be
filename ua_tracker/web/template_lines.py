"""What is in templates for those who read them alone is not sent: indentation, most line ends and quotation marks."""

import re

from jinja2.ext import Extension

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
# The elements before and in which no browser shows a space: blocks, and what stands in the head.
BLOCKS = (
    "html|head|title|meta|link|script|body|header|footer|main|nav|section|article|aside|div|form|fieldset|legend|h[1-6]"
    "|p|ul|ol|li|dl|dt|dd|figure|figcaption|details|summary|address|table|caption|thead|tbody|tfoot|tr|th|td|option"
)
BEFORE_A_BLOCK = re.compile(rf"\n[ \t]*(?=</?(?:{BLOCKS})\b)")
CODE = r"(?>\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})"  # never more of it than its first end
IN_A_TAG = rf"(?:{CODE}|[^<>{{]|\{{(?![{{%#]))*+"
AFTER_A_BLOCK = re.compile(rf"(</?(?:{BLOCKS})\b{IN_A_TAG}>)\n[ \t]*", re.DOTALL)
TAG = re.compile(rf"<[a-z]{IN_A_TAG}>", re.DOTALL)
# Code, or an attribute whose value needs no quotation marks (HTML, 13.1.2.3). Before a slash it would take that in. By
# names and data others' scripts find fields and numbers, so these stay as they are.
QUOTED = re.compile(
    rf'{CODE}|(\s(?!name=|data-)[a-z][a-z0-9-]*=)"([\w.#:/+-]*[\w.#:+-])"(?=[\s>])', re.DOTALL | re.ASCII
)
# What ends a paragraph, an item or an option by itself (HTML, 13.1.2.4).
ENDED = re.compile(
    r"</p>(?=\s*(?:<(?:address|article|aside|details|div|dl|fieldset|figure|footer|form|h[1-6]|header|main|nav|ol|p"
    r"|section|table|ul)\b|</(?:article|div|fieldset|footer|form|header|li|main|section)>))"
    r"|</li>(?=\s*(?:<li\b|</[ou]l>))|</d[dt]>(?=\s*(?:<d[dt]\b|</dl>))"
)
NO_LINE_END = "{#\n#}"  # a comment with the line end in it: nothing is sent, and the lines keep their numbers


class WithoutIndentation(Extension):
    """Removes the indentation of each line of an HTML template before it is compiled, and line ends before blocks.

    The quotation marks go around a value that is one word of the template, but for mails, whose programs are older.
    What comes from elsewhere stands in quotation marks always.

    One space stays after a line that ends with a statement or comment: Jinja removes the end of that line, and the
    space keeps two words apart. Before the tag of a block, which a browser sets on a line of its own, neither a space
    nor a line end is sent. A traceback names the right line. What a page shows is not part of the template, and is not
    changed. Mails as plain text are left as they are.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source that is compiled in place of this one."""
        if not name or not name.endswith(".html"):
            return source
        if not _is_of_mails(name):
            source = ENDED.sub("", source)
        joined = BEFORE_A_BLOCK.sub(lambda found: _line_end(source, found.start()), source)
        if not _is_of_mails(name):
            joined = TAG.sub(lambda tag: QUOTED.sub(_unquoted, tag[0]), joined)
        joined = AFTER_A_BLOCK.sub(rf"\1{NO_LINE_END}", joined)
        return INDENTATION.sub(lambda found: " " if _follows_a_statement(joined, found.start()) else "", joined)


def _line_end(source: str, at: int) -> str:
    """The line end, if it follows a statement or a comment: Jinja removes it. Else a comment in its place."""
    return "\n" if source[max(0, at - 2) : at] in ("%}", "#}") else NO_LINE_END


def _follows_a_statement(source: str, start: int) -> bool:
    return source[max(0, start - 3) : start] in ("%}\n", "#}\n")


def _is_of_mails(name: str) -> bool:
    return name.startswith("emails/") or name.endswith("/mail.html")


def _unquoted(found: re.Match[str]) -> str:
    """The attribute without quotation marks; code as it is."""
    return f"{found[1]}{found[2]}" if found[1] else found[0]

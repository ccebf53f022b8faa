"""Text shared by this screen's widgets. None of it is ever read as markup."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from workbench.app.glyphs import SEVERITIES, Sign, plain_signs
from workbench.app.help import keys_of
from workbench.core.text.excerpts import MOST_FINDINGS, NAME, shown
from workbench.core.verdicts import DismissedFinding, Finding, Fix


def glyph(sign: Sign, node: DOMNode) -> str:
    """Return a sign as the terminal can show it."""
    return sign.drawn(plain_signs(node))


def key_for(action: str, node: DOMNode) -> str:
    """Return the key of an action of the node's screen as the user has it, such as `f3`."""
    return keys_of(node.screen)[action]


def capital(words: str) -> str:
    """Begin words with a capital letter."""
    return words[:1].upper() + words[1:]


def signed(sign: Sign, node: DOMNode) -> Content:
    """Return a sign and its word in its colour."""
    return Content.styled(f"{glyph(sign, node)} {sign.word}", f"bold ${sign.style}")


def fix_words(fix: Fix, node: DOMNode) -> str:
    """Say what a fix would do, behind its key: nobody looks for one where a form can be filled in.

    In JSON, where the key does nothing, it is called a fix instead.
    """
    how = "fix" if node.screen.has_class("-json") else key_for("fix", node)
    return f"{how}: {shown(fix.label)}"


def finding_line(finding: Finding, node: DOMNode, where: str = "") -> Content:
    """Write a finding: sign, message, and what its fix would do. where: what it is about, where no
    card is near.
    """
    sign = SEVERITIES[finding.severity]
    parts = [
        Content.styled(f"{glyph(sign, node)} ", f"${sign.style}"),
        Content.styled(f"{where}: " if where else "", "$text-muted"),
        Content(shown(finding.message)),
    ]
    if finding.fix:
        arrow = "->" if plain_signs(node) else "→"
        parts.append(Content.styled(f" {arrow} {fix_words(finding.fix, node)}", "$text-muted"))
    return Content.assemble(*parts)


def finding_lines(
    findings: Sequence[Finding],
    node: DOMNode,
    where: Callable[[Finding], str] = lambda _: "",
) -> list[Content]:
    """Write the first findings, and how many more there are."""
    parts = [finding_line(finding, node, where(finding)) for finding in findings[:MOST_FINDINGS]]
    if len(findings) > MOST_FINDINGS:
        more = f"… {len(findings) - MOST_FINDINGS:,} more findings"
        parts.append(Content.styled(more, "$text-muted"))
    return parts


def dismissed_lines(dismissed: Sequence[DismissedFinding]) -> list[Content]:
    """Write the findings that someone marked wrong, which don't weigh."""
    return [
        Content.styled(
            f"marked wrong{f' by {shown(one.reviewer, NAME)}' if one.reviewer else ''}: "
            f"{shown(one.finding.message)}",
            "$text-muted",
        )
        for one in dismissed[:MOST_FINDINGS]
    ]


def lines(parts: list[Content]) -> Content:
    """Join lines."""
    return Content("\n").join(parts)


def put(target: Static, content: Content) -> None:
    """Show a text if it is a different one: each update lays out the whole screen again."""
    if str(target.content) != content.plain:
        target.update(content)

"""Text shared by this screen's widgets. None of it is ever read as markup."""

from collections.abc import Sequence

from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from workbench.app.glyphs import SEVERITIES, Sign, plain_signs
from workbench.core.text.excerpts import MOST_FINDINGS, NAME, shown
from workbench.core.verdicts import DismissedFinding, Finding


def glyph(sign: Sign, node: DOMNode) -> str:
    """Return a sign as the terminal can show it."""
    return sign.drawn(plain_signs(node))


def signed(sign: Sign, node: DOMNode) -> Content:
    """Return a sign and its word in its colour."""
    return Content.styled(f"{glyph(sign, node)} {sign.word}", f"bold ${sign.style}")


def finding_line(finding: Finding, node: DOMNode) -> Content:
    """Write a finding: sign, message, and what its fix would do."""
    sign = SEVERITIES[finding.severity]
    parts = [
        Content.styled(f"{glyph(sign, node)} ", f"${sign.style}"),
        Content(shown(finding.message)),
    ]
    if finding.fix:
        arrow = "->" if plain_signs(node) else "→"
        # With its key: nobody would look for one, since the form itself could be filled in.
        fix = f" {arrow} F3: {shown(finding.fix.label)}"
        parts.append(Content.styled(fix, "$text-muted"))
    return Content.assemble(*parts)


def finding_lines(findings: Sequence[Finding], node: DOMNode) -> list[Content]:
    """Write the first findings, and how many more there are."""
    parts = [finding_line(finding, node) for finding in findings[:MOST_FINDINGS]]
    if len(findings) > MOST_FINDINGS:
        more = f"… {len(findings) - MOST_FINDINGS:,} more findings"
        parts.append(Content.styled(more, "$text-muted"))
    return parts


def dismissed_lines(dismissed: Sequence[DismissedFinding]) -> list[Content]:
    """Write the findings that someone called wrong, which don't weigh."""
    return [
        Content.styled(
            f"called wrong{f' by {shown(one.reviewer, NAME)}' if one.reviewer else ''}: "
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

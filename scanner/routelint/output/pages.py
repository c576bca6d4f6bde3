"""Rules for people: the list of all rules, and the page of one, lightly drawn on a terminal and plain Markdown elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from routelint.deferred import lazy_regex
from routelint.model import Severity
from routelint.output import escape
from routelint.output.layout import Paint, Role, columns, counted, listed, pad, wrap
from routelint.output.printing import Printing, RuleInfo

CATEGORIES = ("route", "attribution", "governance", "budget", "housekeeping")
# Prose is hard to read in longer lines than this, however wide the terminal.
PROSE_WIDTH = 100

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE, Severity.OFF: Role.FAINT}
_HEADING = lazy_regex(r"^(#{1,6}) +(.+)$")
_ITEM = lazy_regex(r"^( *(?:[*-]|\d+\.) +)(.*)$")
_INLINE_CODE = lazy_regex(r"`([^`\n]+)`")
_LINK = lazy_regex(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_EMPHASIS = lazy_regex(r"\*\*([^*\n]+)\*\*")


def rules(printing: Printing) -> str:
    """Every rule with its default severity and summary, by category."""
    width = max((len(rule.id) for rule in printing.rules), default=0)
    lines: list[str] = []
    for category, members in _by_category(printing.rules):
        lines.append(printing.paint(category, Role.STRONG))
        for rule in members:
            severity = printing.paint(pad(str(rule.severity), 7), _ROLES[rule.severity])
            indent = width + 13
            first, *rest = wrap(escape.terminal(rule.summary), printing.width, indent, indent)
            lines.append(f"  {pad(rule.id, width)}  {severity}  {first}")
            lines.extend(f"{' ' * indent}{line}" for line in rest)
        lines.append("")
    counts = Counter(rule.severity for rule in printing.rules)
    by_severity = [
        counted(counts[each], str(each)) for each in (Severity.ERROR, Severity.WARNING, Severity.NOTE) if counts[each]
    ]
    by_severity.extend([f"{counts[Severity.OFF]} off"] if counts[Severity.OFF] else [])
    lines.append(
        f"{counted(len(printing.rules), 'rule')}: {listed(by_severity)} by default; `routelint explain RULE` shows a page"
    )
    return "".join(f"{line}\n" for line in lines)


def rules_json(rules: Sequence[RuleInfo]) -> str:
    """Every rule as JSON: what the list shows, and the page."""
    return escape.json_text(
        {
            "version": 1,
            "rules": [
                {
                    "id": rule.id,
                    "summary": rule.summary,
                    "severity": str(rule.severity),
                    "category": str(rule.category),
                    "waivable": rule.waivable,
                    "tags": list(rule.tags),
                    "page": rule.page.strip(),
                }
                for rule in rules
            ],
        }
    )


def explain(rule: RuleInfo, printing: Printing) -> str:
    """The page of a rule: drawn where there is a terminal, Markdown as it is elsewhere."""
    waivable = "may be waived" if rule.waivable else "may not be waived"
    facts = f"{rule.category} rule, {rule.severity} by default, {waivable}"
    # A policy's own rule says what its author wrote.
    summary = escape.terminal(rule.summary)
    page = "\n".join(map(escape.terminal, rule.page.strip().removeprefix(f"# {rule.id}\n").strip().split("\n")))
    if printing.width is None:
        return f"# {rule.id}\n\n{summary}: {facts}.\n\n{page}\n"
    width = min(printing.width, PROSE_WIDTH)
    lines = [
        printing.paint(rule.id, Role.STRONG),
        *(f"  {line}" for line in wrap(f"{summary}: {facts}", width, 2, 2)),
        "",
        *_drawn(page, width, printing.paint),
    ]
    return "".join(f"{line}\n" for line in lines)


def section(page: str, heading: str) -> str:
    """The text under a heading of a page, without the heading; empty where there is none."""
    kept: list[str] = []
    inside = fenced = False
    for line in page.splitlines():
        fenced ^= line.lstrip().startswith("```")
        found = None if fenced else _HEADING.match(line)
        if found is not None:
            inside = found[2].strip().lower() == heading.lower()
        elif inside:
            kept.append(line)
    return "\n".join(kept).strip("\n")


def way_out(rule: RuleInfo | None) -> str:
    """What a rule's page says to use instead: its first paragraph of prose as one line; empty where there is none."""
    text = "" if rule is None else plain_paragraph(section(rule.page, "Use instead"))
    # Messages start in lower case; an acronym stays one.
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def plain_paragraph(text: str) -> str:
    """The first paragraph of prose in Markdown as one line without its full stop; empty where there is only code."""
    prose: list[str] = []
    fenced = False
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        fenced ^= fence
        if fence or fenced or line.startswith("    ") or not line.strip():
            if prose:
                break
        else:
            prose.append(line.strip())
    return " ".join(prose).rstrip(":.")


@lru_cache(maxsize=128)
def plain_page(page: str) -> str:
    """A page without Markdown's marks, for readers that show text as it is."""
    lines: list[str] = []
    fenced = False
    for line in page.strip().splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        found = None if fenced else _HEADING.match(line)
        lines.append(found[2] if found else f"    {line}".rstrip() if fenced else _unmarked(line))
    return "\n".join(lines)


def _by_category(rules: Sequence[RuleInfo]) -> Iterable[tuple[str, list[RuleInfo]]]:
    others = sorted({rule.category for rule in rules} - set(CATEGORIES))
    for category in (*CATEGORIES, *others):
        members = [rule for rule in rules if rule.category == category]
        if members:
            yield str(category), sorted(members, key=lambda rule: rule.id)


def _drawn(page: str, width: int, paint: Paint) -> Iterable[str]:
    """A page for a terminal: headings strong, code set off, paragraphs and list items wrapped, anything else as it is."""
    paragraph: list[str] = []
    fenced = False
    for line in [*page.splitlines(), ""]:
        fence = line.lstrip().startswith("```")
        code = fenced or (line.startswith("    ") and not paragraph)
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if paragraph and (fence or not line.strip() or heading or item or line.startswith("|")):
            yield from _prose(" ".join(paragraph), width, paint)
            paragraph = []
        if fence:
            fenced = not fenced
        elif code:
            yield paint(line if line.startswith("    ") else f"    {line}".rstrip(), Role.CODE)
        elif heading:
            yield paint(heading[2], Role.STRONG)
        elif item:
            paragraph = [line.rstrip()]
        elif not line.strip() or line.startswith("|"):
            yield line
        else:
            paragraph.append(line.strip())


def _prose(text: str, width: int, paint: Paint) -> Iterable[str]:
    item = _ITEM.match(text)
    lead, body = (item[1], item[2]) if item else ("", text)
    for number, line in enumerate(wrap(_LINK.sub(r"\1 (\2)", body), width, columns(lead), columns(lead))):
        marked = _EMPHASIS.sub(lambda found: paint(found[1], Role.STRONG), line)
        if paint.colour:
            marked = _INLINE_CODE.sub(lambda found: paint(found[1], Role.CODE), marked)
        yield (" " * columns(lead) if number else lead) + marked


def _unmarked(line: str) -> str:
    return _LINK.sub(r"\1 (\2)", _EMPHASIS.sub(r"\1", line)).replace("`", "")

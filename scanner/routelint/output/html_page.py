"""One self-contained HTML page: no script, nothing loaded from elsewhere, light or dark, and narrow enough for a phone.

A policy in the page forbids the browser everything but this style, so that no text of a scanned repository can do anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence

from routelint.model import Location
from routelint.output.escape import html, uri
from routelint.output.printing import Printing

STYLE = """\
:root{color-scheme:light dark;--text:#1c2024;--faint:#5b636c;--page:#fff;--card:#f6f7f9;--line:#d9dde2;--link:#0b5cad;
--error:#b3261e;--warning:#8a5300;--note:#0b6069;--good:#1a6b34;--mark:#ffe2a8}
@media(prefers-color-scheme:dark){:root{--text:#e4e7eb;--faint:#9aa4af;--page:#14171a;--card:#1d2125;--line:#343b42;
--link:#7ab7f5;--error:#ff8a80;--warning:#f2b457;--note:#6fd3dd;--good:#7ddc9a;--mark:#5c4512}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:90rem;color:var(--text);background:var(--page);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font:600 1rem/1.5 ui-monospace,monospace;margin:1.2rem 0 .5rem}
h4{font-size:1rem;font-weight:600;margin:0 0 .4rem}p{margin:.4rem 0}a{color:var(--link)}
code,pre{font:.875rem/1.5 ui-monospace,monospace}
pre{margin:.5rem 0;padding:.5rem;overflow-x:auto;background:var(--page);border:1px solid var(--line);border-radius:.3rem}
pre i{font-style:normal;color:var(--faint)}mark{color:inherit;background:var(--mark)}
.facts{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;list-style:none}
.facts li{flex:1 1 9rem;padding:.5rem .75rem;background:var(--card);border:1px solid var(--line);border-radius:.3rem}
.facts b{display:block;font-size:1.2rem}.facts span,.faint{color:var(--faint);font-size:.875rem}
article{margin:.6rem 0;padding:.75rem;background:var(--card);border:1px solid var(--line);border-left-width:.3rem}
.error{border-left-color:var(--error)}.warning{border-left-color:var(--warning)}.note,.off{border-left-color:var(--note)}
.word{font-weight:600}.error .word,b.error{color:var(--error)}.warning .word,b.warning{color:var(--warning)}
.note .word,b.note{color:var(--note)}b.good{color:var(--good)}
ul,ol{margin:.4rem 0;padding-left:1.4rem}details{margin:.5rem 0}summary{cursor:pointer}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{padding:.35rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:normal}
td code{overflow-wrap:anywhere}tbody th{padding-top:1.2rem;font:600 1rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
@media(max-width:44rem){thead{display:none}tr{display:block;padding:.35rem 0;border-bottom:1px solid var(--line)}
th,td{display:block;border:0;padding:.1rem .25rem}.number{text-align:left}td:empty{display:none}
td::before{content:attr(data-label) " ";color:var(--faint)}}
footer{margin:3rem 0 1rem;color:var(--faint);font-size:.875rem}
@media print{details>*{display:block}article{break-inside:avoid}}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def page(title: str, body: Iterable[str], printing: Printing) -> str:
    """The page around a body of finished HTML."""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{html(title)}</title>",
        # Without line ends around it: the hash is of all that stands in the element.
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        *body,
        f"<footer>routelint {html(printing.version)}</footer>",
        "</body>",
        "</html>",
    ]
    return "".join(f"{line}\n" for line in lines)


def facts(given: Iterable[tuple[str, str, str]]) -> str:
    """Figures side by side: (what it counts, the figure, a class for its colour)."""
    items = (f'<li><span>{html(name)}</span> <b class="{kind}">{html(figure)}</b></li>' for name, figure, kind in given)
    return f'<ul class="facts">{"".join(items)}</ul>'


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> Iterable[str]:
    """A table of finished cells; `numbers` names the columns of figures."""
    return grouped(columns, [("", rows)], numbers)


def grouped(
    columns: Sequence[str], groups: Iterable[tuple[str, Iterable[Sequence[str]]]], numbers: Sequence[str] = ()
) -> Iterable[str]:
    """A table of finished cells under the heading of their group, where it has one.

    Where the page is narrow each row becomes a list of its cells, with the column's name before each.
    """
    kinds = [' class="number"' if column in numbers else "" for column in columns]
    yield '<div class="table"><table>'
    heads = "".join(f'<th scope="col"{kind}>{html(column)}</th>' for column, kind in zip(columns, kinds, strict=True))
    yield f"<thead><tr>{heads}</tr></thead>"
    labels = [f' data-label="{html(column)}"' for column in columns]
    for heading, rows in groups:
        yield "<tbody>"
        if heading:
            yield f'<tr><th scope="rowgroup" colspan="{len(columns)}">{html(heading)}</th></tr>'
        for row in rows:
            cells = zip(row, kinds, labels, strict=True)
            yield f"<tr>{''.join(f'<td{kind}{label}>{cell}</td>' for cell, kind, label in cells)}</tr>"
        yield "</tbody>"
    yield "</table></div>"


def code(text: str) -> str:
    """A name as code; nothing where it is empty."""
    return f"<code>{html(text)}</code>" if text else ""


def place(location: Location, printing: Printing, *, named: bool = True) -> str:
    """The place as code, its line alone unless `named`; a link to it where the run knows where the scanned commit is shown."""
    line = str(location.span.start_line)
    shown = code(f"{printing.shown(location.path)}:{line}" if named else line)
    address = uri(printing.in_repository(location.path))
    if not printing.link_base or address is None:
        return shown
    return f'<a href="{html(printing.link_base + address)}#L{location.span.start_line}" rel="noreferrer">{shown}</a>'

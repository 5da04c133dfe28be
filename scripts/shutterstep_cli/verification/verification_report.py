"""The report of a verification for a reviewer: one self-contained HTML file, or Markdown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from shutterstep.plain_text import plain
from shutterstep_cli.verification.checklist import Checklist, Tick
from shutterstep_cli.verification.trial_record import TrialStep

MARKS = {"met": "✓", "missing": "✗", "not_applicable": "-"}
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2129; background: #f6f7f9; margin: 0; }
main { max-width: 960px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 30px 0 10px; }
p.about { color: #667; margin: 2px 0 16px; }
.verdict { padding: 10px 16px; border-radius: 8px; font-weight: 600; color: #fff; background: #b3261e; }
.verdict.passed { background: #1d7a45; }
details { background: #fff; border: 1px solid #e3e6ea; border-radius: 8px; padding: 8px 14px; margin: 6px 0; }
details p { margin: 2px 0; } .missing { border-color: #b3261e; } .not_applicable { color: #667; }
summary b { display: inline-block; width: 1.5em; } summary span { color: #667; }
ul { margin: 4px 0 4px 1.2em; padding: 0; font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: 14px; } td { padding: 2px 14px 2px 0; vertical-align: top; }
</style></head><body><main>
<h1>$title</h1><p class="about">$about</p>
<div class="verdict $state">$verdict</div>
<h2>Ticks</h2>$ticks
<h2>Steps</h2><table>$steps</table>
<h2>Cleaning up</h2><p>$cleaned</p>
</main></body></html>
""")


@dataclass(frozen=True)
class VerificationReport:
    """The content of a report: `about` in one line, the ticks, the steps, and what was cleaned up."""

    about: str
    checklist: Checklist
    steps: tuple[TrialStep, ...]
    cleaned: str

    def write(self, path: Path) -> Path:
        """Writes Markdown if the name ends in .md, else HTML. Returns the path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.markdown() if path.suffix == ".md" else self.html(), "utf-8")
        return path

    @property
    def title(self) -> str:
        return f"Verification, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"

    def html(self) -> str:
        """Returns the whole page."""
        return PAGE.substitute(
            title=self.title,
            about=escape(self.about),
            state="passed" if self.checklist.passed else "",
            verdict=escape(self.checklist.verdict()),
            ticks="".join(map(_tick_html, self.checklist.ticks)),
            steps="".join(f"<tr><td>{step.at}</td><td>{escape(step.text)}</td></tr>" for step in self.steps),
            cleaned=escape(self.cleaned),
        )

    def markdown(self) -> str:
        """Returns the report as Markdown."""
        lines = [f"# {self.title}", "", self.about, "", f"**{self.checklist.verdict()}**", "", "## Ticks", ""]
        for tick in self.checklist.ticks:
            lines.append(f"- {MARKS[tick.status]} **{tick.name}**: {_text(tick.found)}")
            lines += [f"  - {_code(it)}" for it in tick.evidence]
        lines += ["", "## Steps", "", *(f"- {step.at} {step.text}" for step in self.steps)]
        return "\n".join([*lines, "", "## Cleaning up", "", self.cleaned, ""])


def _text(text: str) -> str:
    """Returns text for Markdown, on one line, without HTML."""
    return plain(text).replace("<", "&lt;")


def _code(text: str) -> str:
    """Returns a code span for Markdown, on one line; no character in the text can end it."""
    return f"`{plain(text).replace('`', chr(39))}`"


def _tick_html(tick: Tick) -> str:
    head = f"<summary><b>{MARKS[tick.status]}</b>{escape(tick.name)} <span>{escape(plain(tick.found))}</span></summary>"
    evidence = "".join(f"<li>{escape(plain(it))}</li>" for it in tick.evidence)
    is_open = " open" if tick.status == "missing" else ""
    return f'<details class="{tick.status}"{is_open}>{head}<ul>{evidence}</ul></details>'

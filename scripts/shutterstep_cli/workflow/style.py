"""The colours of outcomes, light and dark, for the SVG and for the console; each has its own background for text.

Text and background have a contrast of at least 4.5:1, which a test measures.
"""

OUTCOMES = ("passed", "retried", "caught", "failed", "skipped", "running", "stopped")

LIGHT = {
    "ground": "#ffffff", "ink": "#1b2330", "faint": "#5c6676", "line": "#b4bcc8", "taken": "#3b4657", "idle": "#f3f5f8",
    "passed": "#136c3c", "passed-ground": "#e2f5e9", "retried": "#855000", "retried-ground": "#fff0d2",
    "caught": "#5b4a9e", "caught-ground": "#eeeafc", "failed": "#b3261e", "failed-ground": "#fde7e5",
    "skipped": "#0b6478", "skipped-ground": "#def3f8", "running": "#1a56c4", "running-ground": "#e4edfd",
    "stopped": "#8e2a5e", "stopped-ground": "#fbe6f1",
}  # fmt: skip
DARK = {
    "ground": "#12161d", "ink": "#e7ebf2", "faint": "#9aa5b8", "line": "#465062", "taken": "#c3ccda", "idle": "#1b212b",
    "passed": "#7fdca4", "passed-ground": "#12321f", "retried": "#ffc766", "retried-ground": "#3a2a0b",
    "caught": "#c3b5ff", "caught-ground": "#2a2447", "failed": "#ff9d94", "failed-ground": "#431815",
    "skipped": "#7cd6ea", "skipped-ground": "#0f3039", "running": "#9cc0ff", "running-ground": "#162a4d",
    "stopped": "#ff9fcd", "stopped-ground": "#42142c",
}  # fmt: skip


def variables(colours: dict[str, str]) -> str:
    """Returns the colours as CSS variables."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())


RULES = """
svg.workflow{font-family:Roboto,system-ui,sans-serif;text-rendering:geometricPrecision}
svg.workflow .edge{fill:none;stroke:var(--line);stroke-width:1.3}svg.workflow .catch{stroke-dasharray:4 4}
svg.workflow .edge.taken{stroke:var(--taken);stroke-width:2.4}svg.workflow .head{fill:var(--line)}
svg.workflow .head.taken{fill:var(--taken)}svg.workflow .label{fill:var(--faint);font-size:11.5px;text-anchor:middle}
svg.workflow .label.taken{fill:var(--ink);font-weight:600}svg.workflow .label-ground{fill:var(--ground)}
svg.workflow .state rect{fill:var(--idle);stroke:var(--line);stroke-width:1.2}
svg.workflow .state text{fill:var(--faint);font-size:13.5px;text-anchor:middle}
svg.workflow .state .what{font-size:11.5px}
svg.workflow .visited text{font-weight:600}svg.workflow .visited .what{font-weight:400}
""" + "".join(
    f"svg.workflow .{name} rect{{fill:var(--{name}-ground);stroke:var(--{name});stroke-width:1.8}}"
    f"svg.workflow .{name} text{{fill:var(--{name})}}\n"
    for name in OUTCOMES
)

# For a separate file: it follows the preference of the reader's system.
ALONE = (
    f"svg.workflow{{{variables(LIGHT)}}}\n@media(prefers-color-scheme:dark){{svg.workflow{{{variables(DARK)}}}}}{RULES}"
)

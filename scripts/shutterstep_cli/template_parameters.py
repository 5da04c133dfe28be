"""The names of template.yaml's parameters, to refuse a wrong name before anything is started."""

import re
from difflib import get_close_matches

from shutterstep_cli.checkout import root

BLOCK = re.compile(r"^Parameters:\n(.*?)^\S", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"^  (\w+):", re.MULTILINE)


def problem_with(name: str) -> str:
    """Returns the message for an unknown parameter name; empty for a known one."""
    block = BLOCK.search((root() / "template.yaml").read_text("utf-8"))
    names = NAME.findall(block[1] if block else "")
    if name in names:
        return ""
    close = get_close_matches(name, names, 1, 0.6)
    hint = f"did you mean {close[0]}?" if close else "see docs/PARAMETERS.md"
    return f"template.yaml has no parameter {name}: {hint}"

"""Reads a workflow of statemachine/, whose ${Names} the deployment replaces; those of numbers have no quotes."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Definition = dict[str, Any]

# The state after Claim in each RenderMode; the template makes the same choice.
RENDER_STATES = {"pool": "RenderInPool", "task": "RenderOnTask"}


def read_definition(path: Path, substitutions: Mapping[str, str] | None = None) -> Definition:
    """Returns the definition with the given substitutions.

    Of the others, texts keep their ${Name}, numbers become 1, and the mode is task.
    """
    text = path.read_text("utf-8")
    given = {"RenderState": RENDER_STATES["task"], **(substitutions or {})}
    made = re.sub(r"\$\{(\w+)\}", lambda match: given.get(match[1], match[0]), text)
    return json.loads(re.sub(r"(:\s*)\$\{\w+\}", r"\g<1>1", made))

"""Makes Markdown tables of template.yaml's parameters and outputs, for docs/PARAMETERS.md."""

from typing import Any

from shutterstep_cli.local.deployment import read_template


def parameters() -> str:
    """Returns a table of the parameters: default, allowed values, meaning."""
    rows = [
        f"| `{name}` | {_code(parameter.get('Default', ''))} | {_range(parameter)} | {parameter['Description']} |"
        for name, parameter in read_template()["Parameters"].items()
    ]
    return "\n".join(["| parameter | default | values | meaning |", "| --- | --- | --- | --- |", *rows])


def outputs() -> str:
    """Returns a table of the outputs and their meaning."""
    rows = [f"| `{name}` | {output['Description']} |" for name, output in read_template()["Outputs"].items()]
    return "\n".join(["| output | meaning |", "| --- | --- |", *rows])


def _code(value: Any) -> str:
    return "" if value == "" else f"`{value}`"


def _range(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    low, high = parameter.get("MinValue"), parameter.get("MaxValue")
    if high is not None:
        return f"{low} to {high:,}"
    return "" if low is None else f"{low} or more"

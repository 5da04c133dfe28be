"""Text from elsewhere made fit to be shown: in a terminal, a log, a table or an attribute of a message."""

REPLACED = "\N{REPLACEMENT CHARACTER}"
# Invisible, yet part of words and of emoji.
JOINERS = "\u200c\u200d"


def plain(text: str, limit: int | None = None) -> str:
    """The text on one line without what a terminal obeys; longer than `limit` characters, it ends with an ellipsis.

    Line breaks and tabs become spaces. Other control characters (U+0080 to U+009F too), those that turn the direction
    of writing, and unpaired surrogates become the replacement character.
    """
    shown = "".join(map(_shown, text if limit is None else text[: limit + 1]))
    return shown if limit is None or len(shown) <= limit else f"{shown[: limit - 1]}…"


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return " " if character.isspace() else REPLACED

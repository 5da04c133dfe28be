"""Makes text from elsewhere safe to show in a terminal, a log, a table or a message attribute."""

REPLACED = "\N{REPLACEMENT CHARACTER}"
# These are invisible, but they belong to words and emoji.
JOINERS = "\u200c\u200d"


def plain(text: str, limit: int | None = None) -> str:
    """Returns the text on one line without terminal control codes, cut to `limit` characters with an ellipsis.

    Line breaks and tabs become spaces. Other control characters (also U+0080 to U+009F), characters that change the
    direction of writing, and unpaired surrogates become the replacement character.
    """
    shown = "".join(map(_shown, text if limit is None else text[: limit + 1]))
    return shown if limit is None or len(shown) <= limit else f"{shown[: limit - 1]}…"


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return " " if character.isspace() else REPLACED

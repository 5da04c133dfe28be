"""Whether an address is one that a user asked for: by a part of it, or by a pattern with `*`."""

import re


def fits(address: str, pattern: str) -> bool:
    """`*` stands for any text; a pattern without one fits wherever it occurs. Upper and lower case are alike."""
    text, wanted = address.casefold(), pattern.casefold()
    if "*" not in wanted:
        return wanted in text
    return re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), text, re.DOTALL) is not None

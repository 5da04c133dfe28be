"""Whether an address matches a user's filter: a part of the address, or a pattern with `*`."""

import re


def fits(address: str, pattern: str) -> bool:
    """Whether the address matches.

    `*` stands for any text; a pattern without `*` may occur anywhere. Case is ignored.
    """
    text, wanted = address.casefold(), pattern.casefold()
    if "*" not in wanted:
        return wanted in text
    return re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), text, re.DOTALL) is not None

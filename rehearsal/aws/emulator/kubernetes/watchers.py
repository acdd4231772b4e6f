"""The pods of Jobs whose kubectl only watches: it changes nothing, and ends when what it watches is as wanted."""

PODS: set[str] = set()
"""Their uids."""

COMMANDS = (["wait"], ["rollout", "status"])
"""The first words of such a kubectl."""


def is_watching(arguments: list[str]) -> bool:
    """Whether kubectl with these words only watches."""
    return any(arguments[: len(words)] == words for words in COMMANDS)

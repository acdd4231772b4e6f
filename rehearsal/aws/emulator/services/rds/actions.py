"""RDS: actions that MiniStack lacks, in the shapes of botocore's model."""

from collections.abc import Callable

from ...core.answers import answer
from ...core.ministack_api import Refused
from ...core.seams import rds


def register(actions: dict[str, Callable[[dict], dict | tuple]]) -> None:
    """Add actions to rds.ACTION_MAP: each gets the parameters by their names, and gives the result, or an answer of MiniStack's."""
    rds.ACTION_MAP |= {name: _action(name, act) for name, act in actions.items()}


def _action(name: str, act: Callable[[dict], dict | tuple]) -> Callable[[dict], tuple]:
    def acting(parameters: dict) -> tuple:
        given = {key: value[0] if isinstance(value, list) else value for key, value in parameters.items()}
        try:
            made = act(given)
        except Refused as error:
            return rds.error(getattr(error, "code", "InvalidParameterValue"), str(error), 400)
        return answer("rds", name, made) if isinstance(made, dict) else made

    return acting


def members(given: dict, prefix: str) -> list[str]:
    """The values of NAME.1, NAME.2 and so on, in this order."""
    found = [key for key in given if key.startswith(prefix + ".")]
    return [given[key] for key in sorted(found, key=lambda key: int(key.rpartition(".")[2]))]

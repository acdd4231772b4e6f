"""Conditions of a template: MiniStack evaluates no Fn::Join in them, so that every one of the CDK's bootstrap template is
true that asks whether a list is empty. Its execution role had no policy then."""

from typing import Any

from ...core.seams import engine


def install() -> None:
    """Wraps engine.evaluate_conditions."""
    evaluate = engine.evaluate_conditions

    def evaluate_joined(template: dict, params: dict) -> dict:
        return evaluate({**template, "Conditions": joined(template.get("Conditions") or {}, params)}, params)

    engine.replace("evaluate_conditions", evaluate_joined)


def joined(value: Any, params: dict) -> Any:
    """A value in which each Fn::Join of parameters and text is the text that it makes."""
    if isinstance(value, list):
        return [joined(item, params) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" not in value:
        return {key: joined(item, params) for key, item in value.items()}
    separator, items = value["Fn::Join"]
    texts = (
        _texts(items, params) if isinstance(items, dict) else [part for item in items for part in _texts(item, params)]
    )
    return separator.join(texts)


def _texts(item: Any, params: dict) -> list[str]:
    """A parameter that is a list is one text here, with commas in between."""
    if not isinstance(item, dict):
        return [str(item)]
    value = params[item["Ref"]]["Value"] if item.get("Ref") in params else item.get("Ref", "")
    return value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]

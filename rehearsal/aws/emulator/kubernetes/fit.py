"""Whether a pod fits an empty node, as far as an autoscaler asks."""

import re

UNITS = {"m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def quantity(text: str) -> float:
    """A quantity of Kubernetes as a number."""
    found = re.fullmatch(r"([\d.]+)([A-Za-z]*)", str(text))
    if found is None:
        raise ValueError(f"{text} is not a Kubernetes quantity")
    return float(found[1]) * UNITS[found[2]]


def requests(pod: dict) -> dict[str, float]:
    """The CPU and memory that a pod requests."""
    given = [container.get("resources", {}).get("requests", {}) for container in pod["spec"]["containers"]]
    return {name: sum(quantity(one.get(name, "0")) for one in given) for name in ("cpu", "memory")}


def wants(pod: dict, labels: dict[str, str]) -> bool:
    """Whether a pod's selector and required affinity accept a node with these labels."""
    spec = pod["spec"]
    affinity = spec.get("affinity", {}).get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    return spec.get("nodeSelector", {}).items() <= labels.items() and (affinity is None or selects(affinity, labels))


def selects(selector: dict, labels: dict[str, str]) -> bool:
    """Whether a node selector accepts a node with these labels."""
    return any(
        all(accepts(expression, labels.get(expression["key"])) for expression in term.get("matchExpressions", []))
        for term in selector["nodeSelectorTerms"]
    )


def accepts(expression: dict, value: str | None) -> bool:
    """Whether one expression of a node selector accepts the value of its label; None for no such label."""
    values = expression.get("values", [])
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[expression["operator"]]


def room(node: dict) -> dict[str, float]:
    """The CPU and memory of an empty node."""
    return {name: quantity(node["status"]["allocatable"][name]) for name in ("cpu", "memory")}

"""The order of resources that nothing orders: a seed decides, so that a missing edge is found."""

import hashlib
import heapq

from ...core import settings
from ...core.seams import engine


def shuffled_order(dependencies: dict[str, set[str]], seed: str) -> list[str]:
    """A topological order in which the seed, not the name, decides among resources that nothing orders.

    Every resource has a rank that depends on the seed and its own name alone, so that a seed that found a missing
    edge keeps finding it while other parts of the template change.
    """

    def rank(name: str) -> tuple[bytes, str]:
        return hashlib.sha256(f"{seed}/{name}".encode()).digest(), name

    waiting = {name: {d for d in needs if d in dependencies and d != name} for name, needs in dependencies.items()}
    dependents: dict[str, list[str]] = {name: [] for name in waiting}
    for name, needs in waiting.items():
        for need in needs:
            dependents[need].append(name)
    ready = [rank(name) for name, needs in waiting.items() if not needs]
    heapq.heapify(ready)
    order = []
    while ready:
        name = heapq.heappop(ready)[1]
        order.append(name)
        for dependent in dependents[name]:
            waiting[dependent].discard(name)
            if not waiting[dependent]:
                heapq.heappush(ready, rank(dependent))
    if len(order) < len(waiting):
        raise ValueError(f"Circular dependency between resources: [{', '.join(sorted(set(waiting) - set(order)))}]")
    return order


def install() -> None:
    """Replaces engine.topological_sort, which orders independent resources by name: a lucky name hides a missing
    edge. Deletion uses the reverse of the same order."""

    def sort(resources: dict, conditions: dict) -> list[str]:
        active = {n for n, d in resources.items() if not d.get("Condition") or conditions.get(d["Condition"], True)}
        needs = {name: engine.extract_deps(resources[name], active) for name in sorted(active)}
        return shuffled_order(needs, str(settings.SEED))

    engine.replace("topological_sort", sort)

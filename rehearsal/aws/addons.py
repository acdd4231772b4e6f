"""EKS add-ons: what they bring into the cluster and how configuration changes it.

kubernetes/addons/<name>.yaml holds the objects, <name>.schema.yaml what may be configured (JSON Schema with keys of its
own, explained in definitions.yaml). All of it is data; nothing here knows a particular add-on.
"""

import copy
from collections.abc import Iterator, Sequence
from pathlib import Path

import jsonschema
import yaml

import settings
from kubernetes import ApiError, ControlPlane, path_of
from ministack_api import Refused
from patience import settle

YAML = yaml.CSafeLoader
"""libyaml's parser, which takes a tenth of the time of Python's."""

NAMESPACE = "kube-system"
"""Where they live that do not bring a namespace."""


def load(name: str) -> tuple[list[dict], dict]:
    """The objects and the schema of an add-on."""
    file = settings.ADDONS / f"{name}.yaml"
    if not file.exists():
        raise Refused(f"Add-on {name} is not known to the rehearsal: add its objects as "
                      f"rehearsal/kubernetes/addons/{name}.yaml and its schema as {name}.schema.yaml.")
    return read(file)


def read(file: Path) -> tuple[list[dict], dict]:
    """The objects in a file, and the schema beside it with the definitions that all share."""
    with open(file, encoding="utf-8") as objects, open(file.with_suffix(".schema.yaml"), encoding="utf-8") as schema, \
            open(settings.ADDONS / "definitions.yaml", encoding="utf-8") as shared:
        return list(yaml.load_all(objects, YAML)), {**yaml.load(schema, YAML), "$defs": yaml.load(shared, YAML)}


def problems(schema: dict, values: dict) -> str:
    """What a schema does not allow, by key; empty if all is well."""
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(values), key=lambda error: error.json_path)
    return "; ".join(f"{error.json_path}: {error.message}" for error in errors)


def refuse_invalid(name: str, schema: dict, values: dict) -> None:
    """Refuse configuration that the add-on's schema does not allow, naming add-on and key."""
    listed = problems(schema, values)
    if listed:
        raise Refused(f"ConfigurationValue provided in request is not supported by add-on {name}: "
                      f"Json schema validation failed with error: [{listed}]")


def changes(schema: dict, values: dict) -> Iterator[tuple[str, object]]:
    """The targets (KIND/NAME PATH) that configuration sets, and their values: what a chart takes for all of its parts first, then
    what is for one part, whatever their order."""
    found = sorted(_changes(schema, values, 0), key=lambda change: change[0])
    yield from ((target, value) for _depth, target, value in found)


def _changes(schema: dict, values: dict, depth: int) -> Iterator[tuple[int, str, object]]:
    for key, value in values.items():
        described = schema.get("properties", {}).get(key, {})
        target = described.get("x-sets")
        if target is None:
            if isinstance(value, dict):
                yield from _changes(described, value, depth + 1)
        else:
            made = described["x-format"].format(**value) if "x-format" in described else value
            if "x-each" in described:
                made = [merged(item, described["x-each"]) for item in made]
            for one in [target] if isinstance(target, str) else target:
                if "x-replaces" not in described:
                    yield depth, one, made
                elif made:
                    yield from ((depth, one, None), (depth, one, made))


def merged(one: dict, other: dict) -> dict:
    """Two maps as Helm merges them: the other's values go before."""
    return {**one, **{key: merged(one[key], value) if isinstance(value, dict) and isinstance(one.get(key), dict) else value
                      for key, value in other.items()}}


def left_out(schema: dict, values: dict) -> Iterator[str]:
    """The objects (KIND/NAME) that are not there because the key that brings them is false or empty."""
    for key, described in schema.get("properties", {}).items():
        value = values.get(key, described.get("default"))
        if not value:
            yield from described.get("x-brings", ())
        yield from left_out(described, value if isinstance(value, dict) else {})


def set_path(parent, path: list[str], value) -> None:
    """Put a value into an object: maps are merged, lists and scalars replaced, a map for `env` becomes its list, a flag
    (`--flag`) an argument."""
    key, rest = path[0], path[1:]
    if isinstance(parent, list) and key.startswith("-"):
        text = str(value).lower() if isinstance(value, bool) else value
        parent[:] = [item for item in parent if not item.startswith(f"{key}=")] + [f"{key}={text}"]
        return None
    if isinstance(parent, list):
        parent = {item["name"]: item for item in parent}
        return set_path(parent[key], rest, value)
    if rest:
        return set_path(parent.setdefault(key, {}), rest, value)
    if key == "env" and isinstance(value, dict):
        value = [{"name": name, "value": text} for name, text in value.items()]
    if isinstance(value, dict) and isinstance(parent.get(key), dict):
        for name, item in value.items():
            set_path(parent[key], [name], item)
    else:
        parent[key] = value


def configured(objects: list[dict], schema: dict, values: dict) -> list[dict]:
    """The objects of an add-on under a configuration."""
    objects = copy.deepcopy(objects)
    named = {f"{obj['kind']}/{obj['metadata']['name']}": obj for obj in objects}
    for target, value in changes(schema, values):
        name, _, path = target.partition(" ")
        set_path(named[name], path.split("."), value)
    absent = set(left_out(schema, values))
    return [obj for name, obj in named.items() if name not in absent]


def values(name: str, configuration: str | None) -> dict:
    """What an add-on's ConfigurationValues say."""
    try:
        return yaml.load(configuration or "{}", YAML) or {}
    except yaml.YAMLError as error:
        raise Refused(f"ConfigurationValue of add-on {name} is neither JSON nor YAML: {error}") from error


def render(name: str, configuration: str | None) -> list[dict]:
    """The objects that an add-on with that ConfigurationValues (JSON or YAML) brings; Refused if it is not valid."""
    objects, schema = load(name)
    given = values(name, configuration)
    refuse_invalid(name, schema, given)
    return configured(objects, schema, given)


def install(cluster: ControlPlane, name: str, objects: list[dict], replaced: Sequence[dict] = ()) -> None:
    """Apply, remove what an earlier configuration had beyond it, and wait for the Deployments and DaemonSets."""
    apply(cluster, f"Add-on {name}", objects, replaced)
    await_workloads(cluster, f"Add-on {name}", objects)


def apply(cluster: ControlPlane, name: str, objects: list[dict], replaced: Sequence[dict] = ()) -> None:
    """Apply, and remove what an earlier configuration had beyond it."""
    for obj in objects:
        try:
            cluster.apply(obj)
        except ApiError as error:
            raise Refused(f"{name}: {obj['kind']} {obj['metadata']['name']}: {error}") from error
    for definition in [obj for obj in objects if obj["kind"] == "CustomResourceDefinition"]:
        if not settle(cluster.rounds, lambda: establishment(cluster, definition)):  # its kind is served a moment later
            raise Refused(f"{name}: the API server does not serve {definition['metadata']['name']}")
    kept = {path_of(obj) for obj in objects}
    remove(cluster, [obj for obj in replaced if path_of(obj) not in kept])


def await_workloads(cluster: ControlPlane, name: str, objects: list[dict]) -> None:
    """Wait for the Deployments and DaemonSets among objects."""
    for workload in [obj for kind in ("Deployment", "DaemonSet") for obj in objects if obj["kind"] == kind]:
        await_workload(cluster, name, workload)


def await_workload(cluster: ControlPlane, name: str, workload: dict) -> None:
    """Wait until a Deployment or DaemonSet is available; Refused in the name of what brought it if nothing changes any
    more and it is not."""
    kind, called = workload["kind"], workload["metadata"]["name"]

    def look() -> tuple[bool, object]:
        current, nodes = cluster.request("GET", path_of(workload)), nodes_for(cluster, workload)
        done = available(current) if kind == "Deployment" else everywhere(current, len(nodes))
        return done, (current.get("status"), len(nodes), [pod.get("status") for pod in pods_of(cluster, current)])

    if settle(cluster.all_rounds, look):
        return
    current, nodes = cluster.request("GET", path_of(workload)), nodes_for(cluster, workload)
    if partial(current, nodes):
        tolerating = all(tolerates(current["spec"]["template"]["spec"], node) for node in nodes)
        raise Refused(f"{name}: DaemonSet {called} runs on {wanted(current)} of {len(nodes)} nodes: it "
                      + ("does not select all of them" if tolerating else "tolerates not all of their taints"))
    raise Refused(f"{name} is degraded (InsufficientNumberOfReplicas): {kind} {called} is not available, and nothing "
                  f"changes any more. {reasons(cluster, workload)}")


def remove(cluster: ControlPlane, objects: list[dict]) -> None:
    """Delete an add-on's objects."""
    for obj in reversed(objects):
        cluster.delete(obj)


def establishment(cluster: ControlPlane, definition: dict) -> tuple[bool, object]:
    """Whether the API server serves the kind of a CustomResourceDefinition, and what it says of it."""
    conditions = conditions_of(cluster.request("GET", path_of(definition)))
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions), conditions


def available(deployment: dict) -> bool:
    """Whether the present generation of a Deployment is rolled out."""
    status, replicas = observed(deployment), deployment["spec"]["replicas"]
    return bool(status) and all(status.get(count, 0) == replicas for count in ("updatedReplicas", "availableReplicas"))


def nodes_for(cluster: ControlPlane, workload: dict) -> list[dict]:
    """The nodes that a workload has to be on: for a DaemonSet, all."""
    return cluster.items("/api/v1/nodes") if workload["kind"] == "DaemonSet" else []


def observed(workload: dict) -> dict:
    """A workload's status, if it is that of the present generation."""
    status = workload.get("status", {})
    return status if status.get("observedGeneration") == workload["metadata"]["generation"] else {}


def wanted(daemon_set: dict) -> int:
    """The number of nodes that a DaemonSet is to run on, as its controller counts them."""
    return observed(daemon_set).get("desiredNumberScheduled", 0)


def everywhere(daemon_set: dict, nodes: int) -> bool:
    """Whether the present generation of a DaemonSet runs on every node; where there is none, it need not."""
    status = observed(daemon_set)
    counts = ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    return nodes == 0 or all(status.get(count, 0) == nodes for count in counts)


def partial(workload: dict, nodes: list[dict]) -> bool:
    """Whether a DaemonSet wants only some of the nodes."""
    return bool(observed(workload)) and wanted(workload) < len(nodes)


def tolerates(pod: dict, node: dict) -> bool:
    """Whether a DaemonSet's pod tolerates a node's taints; those for a node's health, Kubernetes lets it tolerate."""
    return all(taint["effect"] == "PreferNoSchedule" or taint["key"].startswith("node.kubernetes.io/")
               or any(matches(toleration, taint) for toleration in pod.get("tolerations", []))
               for taint in node["spec"].get("taints", []))


def matches(toleration: dict, taint: dict) -> bool:
    """Whether a toleration is one of a taint."""
    exists = toleration.get("operator") == "Exists"
    return ((toleration.get("effect") or taint["effect"]) == taint["effect"]
            and (toleration.get("key") == taint["key"] or exists and not toleration.get("key"))
            and (exists or toleration.get("value", "") == taint.get("value", "")))


def pods_of(cluster: ControlPlane, workload: dict) -> list[dict]:
    """The pods that a Deployment or DaemonSet selects."""
    labels = ",".join(f"{key}={value}" for key, value in workload["spec"]["selector"]["matchLabels"].items())
    return cluster.items(f"/api/v1/namespaces/{workload['metadata']['namespace']}/pods", labelSelector=labels)


def conditions_of(obj: dict) -> list[dict]:
    """The conditions in an object's status."""
    return obj.get("status", {}).get("conditions", [])


def unscheduled(condition: dict) -> bool:
    """Whether a pod's condition says that no node takes it."""
    return condition["type"] == "PodScheduled" and condition["status"] == "False"


def reasons(cluster: ControlPlane, workload: dict) -> str:
    """Why a workload's pods do not run: scheduling messages, refusals of admission."""
    current = cluster.request("GET", path_of(workload))
    conditions = [c for obj in (current, *pods_of(cluster, current)) for c in conditions_of(obj)]
    told = {c["message"] for c in conditions if c.get("message") and (unscheduled(c) or c["type"] == "ReplicaFailure")}
    return " ".join(sorted(told)) or "Its pods give no reason; look at the cluster with the administrator's kubeconfig."

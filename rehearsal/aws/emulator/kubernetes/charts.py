"""Effects of values on the public charts of add-ons, as the real Helm renders them: recorded in kubernetes/facts/<name>.yaml, which
the tests compare with the stand-ins.

    python -m emulator.kubernetes.charts FOLDER [NAME…]

renews the records from FOLDER/<name>, the charts as `helm pull --untar` brings them. Every key that
places pods is tried at the root of a chart's values and in each part, alone and, in a part, empty beside the root's.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ..core import settings
from .addons import merged

CONSTRAINT = {
    "maxSkew": 1,
    "topologyKey": "probe",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": {"probe": "yes"}},
}
PREFERENCE = {"weight": 1, "preference": {"matchExpressions": [{"key": "probe", "operator": "Exists"}]}}
PROBES = {
    "tolerations": [{"key": "probe", "operator": "Exists"}],
    "nodeSelector": {"probe": "yes"},
    "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [PREFERENCE]}},
    "topologySpreadConstraints": [CONSTRAINT],
    "priorityClassName": "probe",
    "resources": {"requests": {"cpu": "11m"}},
    "replicas": 7,
    "replicaCount": 7,
    "tolerateAllTaints": False,
}
"""The keys that place pods, with a value to try each."""

PLACEMENT = ("hostNetwork", "priorityClassName", "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints")
"""Fields of a spec that place a pod."""
WORKLOADS = ("Deployment", "DaemonSet", "StatefulSet", "Job")
MADE = {"AmazonCloudWatchAgent": "DaemonSet"}
"""Kinds of which an operator makes a workload of the same name and placement, in one container."""


def view(workload: dict) -> dict:
    """The placement of a workload, and the requests of its containers, without empty fields."""
    spec = workload["spec"]
    pod = spec["template"]["spec"] if "template" in spec else spec
    containers = pod.get("containers") or [{"name": "otc-container", "resources": pod.get("resources")}]
    seen = {key: pod.get(key) for key in PLACEMENT}
    resources = {one["name"]: one.get("resources") for one in containers if one.get("resources")}
    replicas = spec.get("replicas") if workload["kind"] == "Deployment" else None
    return {key: value for key, value in {"replicas": replicas, **seen, "resources": resources}.items() if value}


def views(objects: list[dict]) -> dict[str, dict]:
    """The view of each workload, by KIND/NAME."""
    return {
        f"{MADE.get(obj['kind'], obj['kind'])}/{obj['metadata']['name']}": view(obj)
        for obj in objects
        if obj and (obj["kind"] in WORKLOADS or obj["kind"] in MADE)
    }


def changes(before: dict[str, dict], after: dict[str, dict]) -> dict[str, dict | None]:
    """Differences between the workloads, by workload and key; null where it is gone."""
    told = {
        name: None
        if name not in after
        else {
            key: after[name].get(key)
            for key in sorted(before.get(name, {}).keys() | after[name].keys())
            if before.get(name, {}).get(key) != after[name].get(key)
        }
        for name in sorted(before.keys() | after.keys())
    }
    return {name: what for name, what in told.items() if what != {}}


def nested(path: tuple[str, ...], value: Any) -> dict:
    """A map with one value at a path."""
    for key in reversed(path):
        value = {key: value}
    return value


def parts(values: dict, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the maps in a chart's values that hold an image or a key which places pods."""
    for key, value in values.items():
        if isinstance(value, dict) and key not in PROBES:
            if value.keys() & {"image", *PROBES}:
                yield (*path, key)
            yield from parts(value, (*path, key))


class Dumper(yaml.SafeDumper):
    """Writes every value where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """No value is written as the name of another place."""
        return True


class Chart:
    """A chart in a folder, with what is always set."""

    def __init__(self, folder: Path, name: str, always: dict):
        self.folder, self.name, self.always = folder, name, always

    def values(self) -> dict:
        """Its defaults, those of charts beneath it under their names."""
        own = yaml.safe_load((self.folder / "values.yaml").read_text()) or {}
        beneath = self.folder.glob("charts/*/values.yaml")
        return merged({file.parent.name: yaml.safe_load(file.read_text()) for file in beneath}, own)

    def render(self, values: dict) -> dict[str, dict] | None:
        """The views of what Helm renders; None where the chart refuses the values."""
        given = json.dumps(merged(self.always, values))
        done = subprocess.run(
            ["helm", "template", self.name, str(self.folder), "--kube-version", "1.36", "-f", "-"],
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        return views(list(yaml.safe_load_all(done.stdout))) if done.returncode == 0 else None


def cases(chart: Chart, left_out: set[str]) -> Iterator[dict]:
    """Values that change the placement of a workload, and how."""
    default = chart.render({})
    assert default is not None, "the chart does not render"

    def case(values: dict) -> Iterator[dict]:
        made = chart.render(values)
        told = (
            {}
            if made is None
            else {name: what for name, what in changes(default, made).items() if name not in left_out}
        )
        if told:
            yield {"values": values, "changes": told}

    for key, probe in PROBES.items():
        root = list(case({key: probe}))
        yield from root
        for path in parts(chart.values()):
            alone = list(case(nested((*path, key), probe)))
            yield from alone
            if alone and root:
                yield from case(merged({key: probe}, nested((*path, key), type(probe)())))


def renew(folder: Path, file: Path) -> None:
    """Render a chart again, and write what it does into its record."""
    record = yaml.safe_load(file.read_text())
    chart = Chart(folder / file.stem, record.get("release", file.stem), record.get("always", {}))
    left_out = set(record.get("leftOut", {}))
    described = yaml.safe_load((chart.folder / "Chart.yaml").read_text())
    defaults = {name: what for name, what in (chart.render({}) or {}).items() if name not in left_out}
    record = {**record, "version": described["version"], "defaults": defaults, "cases": list(cases(chart, left_out))}
    heading = "".join(line for line in file.read_text().splitlines(keepends=True) if line.startswith("#"))
    file.write_text(heading + yaml.dump(record, Dumper=Dumper, sort_keys=False, default_flow_style=None, width=130))


if __name__ == "__main__":
    charts, *names = sys.argv[1:]
    for record_file in sorted((settings.ADDONS.parent / "facts").glob("*.yaml")):
        if not names or record_file.stem in names:
            renew(Path(charts), record_file)
            sys.stdout.write(f"{record_file}\n")

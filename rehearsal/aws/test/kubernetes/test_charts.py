"""Stand-ins of charts place pods as the charts do: kubernetes/facts has what the real Helm renders."""

import unittest
from collections.abc import Iterator

import yaml

from emulator.core import settings
from emulator.kubernetes import addons, charts

FACTS = {file.stem: yaml.safe_load(file.read_text()) for file in sorted((settings.KUBERNETES / "facts").glob("*.yaml"))}
UNPUBLISHED = {"coredns", "kube-proxy"}
"""Add-ons whose charts only EKS has."""


def stand_in(name: str) -> tuple[list[dict], dict]:
    file = settings.ADDONS / f"{name}.yaml"
    return addons.read(file if file.exists() else settings.CHARTS / f"{name}.yaml")


def placed(name: str, values: dict) -> dict[str, dict] | None:
    """The workloads of a stand-in with these values; None where it refuses them."""
    objects, schema = stand_in(name)
    given = addons.merged(FACTS[name].get("given", {}), values)
    return None if addons.problems(schema, given) else charts.views(addons.configured(objects, schema, given))


def placing(schema: dict, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the keys in a schema that place pods."""
    for key, described in schema.get("properties", {}).items():
        if key in charts.PROBES and "x-sets" in described:
            yield (*path, key)
        yield from placing(described, (*path, key))


class Facts(unittest.TestCase):
    def test_every_stand_in_of_a_public_chart_has_some(self):
        names = {
            file.name.removesuffix(".schema.yaml")
            for folder in (settings.ADDONS, settings.CHARTS)
            for file in folder.glob("*.schema.yaml")
        }
        self.assertEqual(names - UNPUBLISHED, FACTS.keys())

    def test_the_same_workloads_with_the_same_defaults(self):
        for name, facts in FACTS.items():
            with self.subTest(name):
                self.assertEqual(placed(name, {}), facts["defaults"])

    def test_values_that_place_pods_have_the_same_effect_or_are_refused(self):
        for name, facts in FACTS.items():
            default = placed(name, {})
            for case in facts["cases"]:
                made = placed(name, case["values"])
                if made is not None:
                    with self.subTest(name, values=case["values"]):
                        self.assertEqual(charts.changes(default, made), case["changes"])

    def test_no_key_places_pods_that_the_chart_does_not_know(self):
        for name, facts in FACTS.items():
            known = {path for case in facts["cases"] for path in paths(case["values"])}
            for path in placing(stand_in(name)[1]):
                with self.subTest(name, path=path):
                    self.assertIn(path, known)


def paths(values: dict, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the keys in values that place pods."""
    for key, value in values.items():
        if key in charts.PROBES:
            yield (*path, key)
        elif isinstance(value, dict):
            yield from paths(value, (*path, key))

import ast
import unittest
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from emulator.core import seams
from emulator.core.seams import Seam

ROOT = Path(__file__).parents[2]
SEAMS = {name: value for name, value in vars(seams).items() if isinstance(value, Seam)}
SOURCES = [path for folder in ("emulator", "test") for path in sorted((ROOT / folder).rglob("*.py"))]


def bound(tree: ast.Module) -> set[str]:
    """The names by which a source knows a seam or a module of MiniStack."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("seams"):
            found |= {alias.asname or alias.name for alias in node.names if alias.name in SEAMS}
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            found |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {"ministack" for alias in node.names if alias.name.startswith("ministack")}
    return found


def private(source: str) -> Iterator[str]:
    """The private names of MiniStack that a source has."""
    tree = ast.parse(source)
    names = bound(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            yield from (alias.name for alias in node.names if alias.name.startswith("_"))
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            base = node.value
            while isinstance(base, ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name) and base.id in names:
                yield ast.unparse(node)


class Names(unittest.TestCase):
    """The private names of MiniStack are in one file."""

    def test_no_other_file_has_one(self):
        told = {
            str(path.relative_to(ROOT)): list(private(path.read_text())) for path in SOURCES if path.name != "seams.py"
        }
        self.assertEqual({name: found for name, found in told.items() if found}, {})

    def test_one_would_be_found(self):
        for line in (
            "from ministack.services import ec2; ec2._vpcs",
            "from ministack.services.ec2 import _vpcs",
            "import ministack.app; ministack.app._dispatch",
            "from emulator.core.seams import ec2; ec2._vpcs",
            "from ..core.seams import ec2; ec2.vpcs._data",
        ):
            self.assertEqual(len(list(private(line))), 1, line)

    def test_every_name_is_used(self):
        nodes = [node for path in SOURCES if path.name != "seams.py" for node in ast.walk(ast.parse(path.read_text()))]
        words = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        words |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        acl_entries = {f"{action}_network_acl_entry" for action in ("create", "replace", "delete")}
        unused = {f"{seam}.{name}" for seam, value in SEAMS.items() for name in value.private - words - acl_entries}
        self.assertEqual(unused, set())


class Module(unittest.TestCase):
    """A seam is its module of MiniStack, whose private names go without their underscore."""

    def setUp(self):
        self.module = SimpleNamespace(__name__="ministack.services.thing", _things={"a": 1}, handle="handle")
        with mock.patch("emulator.core.seams.import_module", lambda path: self.module):
            self.seam = Seam("services.thing", ("records", "things"), added="others")

    def test_a_name_is_looked_up_when_it_is_used(self):
        self.module._things = {"b": 2}
        self.assertEqual((self.seam.things, self.seam.handle), ({"b": 2}, "handle"))

    def test_what_is_set_is_set_in_the_module(self):
        self.seam.things, self.seam.others = {}, []
        self.assertEqual((self.module._things, self.module._others), ({}, []))

    def test_a_patch_of_a_test_is_taken_back(self):
        with mock.patch.object(self.seam, "things", "patched"):
            self.assertEqual(self.module._things, "patched")
        self.assertEqual(self.module._things, {"a": 1})

    def test_a_name_that_is_gone_is_told_with_its_reason(self):
        with (
            mock.patch("emulator.core.seams.import_module", lambda path: self.module),
            self.assertRaisesRegex(ImportError, r"MiniStack [\d.]+ has no ministack.services.thing._gone \(records\)"),
        ):
            Seam("services.thing", ("records", "things gone"))

import importlib
import inspect
import unittest
from pathlib import Path

from emulator import installation

ROOT = Path(__file__).parents[1]
OF_SEVERAL = {"kubernetes/test_secrets_store.py", "services/eks/test_node_groups_refused.py", "test_package.py"}
"""Tests that are not of one module."""
INSTALLED = (*installation.ENGINE, *installation.SERVICES, *installation.CONTROLLERS, *installation.AROUND)


class Package(unittest.TestCase):
    def test_every_module_with_something_to_install_is_installed_once(self):
        sources = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "emulator").rglob("*.py")]
        modules = [importlib.import_module(".".join(source.parts)) for source in sources if source.name != "__init__"]
        to_install = [
            module.__name__
            for module in modules
            if module is not installation and inspect.isfunction(getattr(module, "install", None))
        ]
        self.assertEqual(sorted(module.__name__ for module in INSTALLED), sorted(to_install))

    def test_every_test_is_where_its_module_is(self):
        paths = [path.relative_to(ROOT / "test") for path in (ROOT / "test").rglob("test_*.py")]
        modules = {path: ROOT / "emulator" / path.with_name(path.name.removeprefix("test_")) for path in paths}
        astray = {str(path) for path, module in modules.items() if not module.exists()}
        self.assertEqual(astray, OF_SEVERAL)

    def test_every_folder_with_sources_is_a_package_and_says_what_it_is(self):
        folders = {path.parent for path in (ROOT / "emulator").rglob("*.py")}
        silent = [
            str(folder.relative_to(ROOT))
            for folder in folders
            if not importlib.import_module(".".join(folder.relative_to(ROOT).parts)).__doc__
        ]
        self.assertEqual(silent, [])

import functools
import json
import threading
from unittest import mock

from ministack.core.responses import get_account_id

from emulator.core import settings
from emulator.services.eks import deletion
from emulator.services.eks.manifests import MANIFEST
from test.support.emulated import STACKS, EmulatorTest, deploy, destroy, reasons, resource

ENGINE = "ministack.services.cloudformation.custom_resource.invoke_custom_resource"


@functools.cache
def install() -> None:
    """Put the seam in, which must happen once."""
    deletion.install()


class Deletions(EmulatorTest):
    """Manifests of a stack are deleted side by side."""

    def setUp(self):
        super().setUp()
        install()
        self.deleted: list[str] = []
        self.refusing: set[str] = set()
        self.meeting: set[str] = set()
        self.together = threading.Barrier(1)
        each = mock.patch.object(deletion, "PER_WORKER", 1)
        each.start()
        self.addCleanup(each.stop)
        invoked = mock.patch(ENGINE, self.invoke)
        invoked.start()
        self.addCleanup(invoked.stop)
        access = mock.patch("emulator.services.eks.manifests.refuse_without_access")
        access.start()
        self.addCleanup(access.stop)

    def invoke(self, request: str, name: str, *_, **__) -> tuple[str, dict]:
        if request == "Delete":
            self.assertEqual(get_account_id(), self.account)
            if name in self.meeting:
                self.together.wait(600)
            if name in self.refusing:
                raise RuntimeError(f"{name} stays")
            self.deleted.append(name)
        return name, {}

    def stack(self, **resources: dict) -> None:
        self.assertEqual(deploy("stack", {"Resources": resources})["StackStatus"], "CREATE_COMPLETE")

    def meet(self, *names: str) -> None:
        """Have the deletions of these wait for one another."""
        self.meeting, self.together = set(names), threading.Barrier(len(names))

    def manifest(self, *order: str, Manifest: str = "[]", **more) -> dict:
        return {
            **resource(MANIFEST, ServiceToken="f", ClusterName="c", Manifest=Manifest),
            "DependsOn": list(order),
            **more,
        }

    def test_at_the_same_time_where_nothing_orders_them(self):
        self.stack(A=self.manifest(), B=self.manifest(), C=self.manifest(DeletionPolicy="Delete"))
        self.meet("A", "B", "C")
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(sorted(self.deleted), ["A", "B", "C"])

    def test_as_soon_as_nothing_needs_them_whosever_turn_it_is(self):
        resources = {"A": self.manifest(), "B": self.manifest(), "InA": self.manifest("A"), "InB": self.manifest("B")}
        for seed in range(4):
            with self.subTest(seed=seed), mock.patch.object(settings, "SEED", seed):
                name = f"stack-{next(STACKS)}"
                self.meeting = set()
                self.assertEqual(deploy(name, {"Resources": resources})["StackStatus"], "CREATE_COMPLETE")
                self.meet("A", "B")
                self.assertEqual(destroy(name)["StackStatus"], "DELETE_COMPLETE")

    def test_every_namespace_at_the_same_time(self):
        namespace = json.dumps([{"kind": "Namespace", "metadata": {"name": "app"}}])
        with mock.patch.object(deletion, "PER_WORKER", 1000):
            self.stack(**{name: self.manifest(Manifest=namespace) for name in "ABC"})
            self.meet("A", "B", "C")
            self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")

    def test_each_once_and_after_what_needs_it(self):
        self.stack(A=self.manifest(), B=self.manifest("A"), C=self.manifest("B"), D=self.manifest("A"))
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(len(self.deleted), 4)
        self.assertEqual(self.deleted[-1], "A")
        self.assertLess(self.deleted.index("C"), self.deleted.index("B"))

    def test_what_is_retained_stays(self):
        self.stack(**{name: self.manifest(DeletionPolicy="Retain") for name in "ACE"}, D=self.manifest())
        destroy("stack")
        self.assertEqual(self.deleted, ["D"])

    def test_a_failure_is_that_of_its_own_resource_and_can_be_repeated(self):
        self.stack(A=self.manifest(), B=self.manifest(), C=self.manifest())
        self.refusing = {"B"}
        stack = destroy("stack")
        self.assertEqual(stack["StackStatus"], "DELETE_FAILED")
        self.assertEqual(list(stack["_resources"]), ["B"])
        self.assertIn("B stays", reasons(stack))
        self.refusing = set()
        self.assertEqual(destroy("stack")["StackStatus"], "DELETE_COMPLETE")
        self.assertEqual(sorted(self.deleted), ["A", "B", "C"])

import http.client
import threading
import unittest
from unittest import mock

from emulator.controllers import volumes
from emulator.kubernetes.objects import ApiError
from test.support.fakes import FakePlane

GP3 = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp3"},
    "provisioner": volumes.DRIVER,
    "volumeBindingMode": "WaitForFirstConsumer",
}


def claim(name: str = "data", node: str | None = None, storage_class: str = "gp3") -> dict:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": name,
            "namespace": "app",
            "uid": f"1234-{name}",
            "annotations": {volumes.SELECTED_NODE: node} if node else {},
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": "8Gi"}},
        },
    }


def plane(*objects: dict) -> FakePlane:
    """A cluster with a node in each of two zones."""
    nodes = [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": f"node-{zone}", "labels": {volumes.ZONE: zone}},
            "status": {},
        }
        for zone in ("b", "a")
    ]
    return FakePlane(*nodes, *objects)


def made(cluster: FakePlane) -> list[dict]:
    volumes.step(cluster)
    return cluster.items("/api/v1/persistentvolumes")


def zones(volume: dict) -> list[str]:
    return volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]["values"]


class Step(unittest.TestCase):
    """Claims get volumes as from the EBS CSI driver."""

    def test_a_volume_is_in_the_zone_of_the_selected_node(self):
        for zone in ("a", "b"):
            (volume,) = made(plane(GP3, claim(node=f"node-{zone}")))
            self.assertEqual(zones(volume), [zone])

    def test_a_volume_is_bound_to_its_claim(self):
        (volume,) = made(plane(GP3, claim(node="node-a")))
        self.assertEqual(volume["metadata"]["name"], "pvc-1234-data")
        reference = volume["spec"]["claimRef"]
        self.assertEqual((reference["namespace"], reference["name"], reference["uid"]), ("app", "data", "1234-data"))
        self.assertEqual(volume["spec"]["capacity"], {"storage": "8Gi"})

    def test_a_claim_for_several_nodes_gets_no_volume_but_an_event(self):
        for modes in (["ReadWriteMany"], ["ReadOnlyMany"], ["ReadWriteOnce", "ReadWriteMany"]):
            several = claim(node="node-a")
            several["spec"]["accessModes"] = modes
            cluster = plane(GP3, several)
            self.assertEqual(made(cluster), [], modes)
            (event,) = cluster.items("/api/v1/namespaces/app/events")
            self.assertEqual((event["type"], event["reason"]), ("Warning", "ProvisioningFailed"))
            self.assertEqual(
                event["involvedObject"],
                {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": "app",
                    "name": "data",
                    "uid": "1234-data",
                },
            )
            self.assertIn(f"offers ReadWriteOnce and ReadWriteOncePod, not {modes[-1]}", event["message"])

    def test_a_claim_is_refused_once(self):
        several = claim(node="node-a")
        several["spec"]["accessModes"] = ["ReadWriteMany"]
        cluster, applied = plane(GP3, several), []
        volumes.step(cluster)
        cluster.apply = applied.append
        volumes.step(cluster)
        self.assertEqual(applied, [])

    def test_a_claim_that_is_refused_does_not_hold_up_others(self):
        several = claim("first", node="node-a")
        several["spec"]["accessModes"] = ["ReadWriteMany"]
        cluster = plane(GP3, several, claim(node="node-a"))
        with mock.patch.object(volumes, "refuse", side_effect=ApiError(403, "")), self.assertRaises(ApiError):
            volumes.step(cluster)
        self.assertEqual(len(cluster.items("/api/v1/persistentvolumes")), 1)

    def test_a_claim_for_one_pod_gets_a_volume(self):
        one = claim(node="node-a")
        one["spec"]["accessModes"] = ["ReadWriteOncePod"]
        (volume,) = made(plane(GP3, one))
        self.assertEqual(volume["spec"]["accessModes"], ["ReadWriteOncePod"])

    def test_a_claim_waits_for_its_first_consumer(self):
        self.assertEqual(made(plane(GP3, claim())), [])

    def test_a_claim_waits_for_a_node_that_exists(self):
        self.assertEqual(made(plane(GP3, claim(node="node-gone"))), [])

    def test_an_immediate_class_needs_no_consumer(self):
        (volume,) = made(plane({**GP3, "volumeBindingMode": "Immediate"}, claim()))
        self.assertEqual(zones(volume), ["a"])

    def test_classes_of_other_drivers_and_missing_classes_are_left_alone(self):
        other = {**GP3, "metadata": {"name": "other"}, "provisioner": "efs.csi.aws.com"}
        self.assertEqual(made(plane(GP3, other, claim("x", "node-a", "other"), claim("y", "node-a", "missing"))), [])

    def test_a_bound_claim_gets_no_second_volume(self):
        cluster = plane(GP3, claim(node="node-a"))
        (volume,) = made(cluster)
        cluster.objects["/api/v1/namespaces/app/persistentvolumeclaims/data"]["spec"]["volumeName"] = "pvc-1234-data"
        self.assertEqual(made(cluster), [volume])

    def test_a_volume_is_not_made_twice_while_its_claim_is_not_bound_yet(self):
        cluster = plane(GP3, claim(node="node-a"))
        made(cluster)
        applied = []
        cluster.apply = applied.append
        volumes.step(cluster)
        self.assertEqual(applied, [])

    def test_a_volume_is_deleted_with_its_claim(self):
        cluster = plane(GP3, claim(node="node-a"), claim("kept", "node-b"))
        self.assertEqual(len(made(cluster)), 2)
        cluster.delete(claim())
        self.assertEqual([v["metadata"]["name"] for v in made(cluster)], ["pvc-1234-kept"])

    def test_a_class_can_retain_its_volumes(self):
        cluster = plane({**GP3, "reclaimPolicy": "Retain"}, claim(node="node-a"))
        made(cluster)
        cluster.delete(claim())
        self.assertEqual(len(made(cluster)), 1)

    def test_volumes_of_others_are_left_alone(self):
        other = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": "other"},
            "spec": {"persistentVolumeReclaimPolicy": "Delete"},
        }
        self.assertEqual(made(plane(GP3, other)), [other])

    def test_the_file_system_is_that_of_the_class(self):
        xfs = {**GP3, "parameters": {"csi.storage.k8s.io/fstype": "xfs"}}
        kinds = [made(plane(c, claim(node="node-a")))[0]["spec"]["csi"]["fsType"] for c in (GP3, xfs)]
        self.assertEqual(kinds, ["ext4", "xfs"])


class Provision(unittest.TestCase):
    """The thread that makes volumes."""

    def test_goes_on_after_an_error_of_any_kind(self):
        errors = iter([ApiError(500, ""), ConnectionRefusedError(), http.client.IncompleteRead(b""), KeyError("spec")])
        stepped = threading.Event()

        def step(_cluster) -> None:
            for error in errors:
                raise error
            stepped.set()

        with mock.patch.multiple(volumes, INTERVAL=0.001, step=step):
            ended = volumes.provision(plane(), lambda: True)
            self.addCleanup(ended.set)
            self.assertTrue(stepped.wait(600))
            ended.set()

import unittest

from emulator.kubernetes.objects import path_of


def obj(version: str, kind: str, namespace: str | None = None) -> dict:
    metadata = {"name": "x", "namespace": namespace} if namespace else {"name": "x"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


class Paths(unittest.TestCase):
    def test_paths_of_objects(self):
        for given, path in (
            (("v1", "Node"), "/api/v1/nodes/x"),
            (("v1", "Service", "a"), "/api/v1/namespaces/a/services/x"),
            (("apps/v1", "DaemonSet", "a"), "/apis/apps/v1/namespaces/a/daemonsets/x"),
            (("storage.k8s.io/v1", "StorageClass"), "/apis/storage.k8s.io/v1/storageclasses/x"),
            (
                ("networking.k8s.io/v1", "NetworkPolicy", "a"),
                "/apis/networking.k8s.io/v1/namespaces/a/networkpolicies/x",
            ),
        ):
            self.assertEqual(path_of(obj(*given)), path)

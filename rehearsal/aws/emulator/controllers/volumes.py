"""Volumes of the EBS CSI driver: a claim gets a PersistentVolume in the zone where its pod was put."""

import threading
from collections.abc import Callable

from ..core.seams import eks
from ..kubernetes import loops
from ..kubernetes.control_plane import ControlPlane
from ..kubernetes.events import tell
from ..services.eks import clusters

DRIVER = "ebs.csi.aws.com"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
ZONE = "topology.kubernetes.io/zone"
MODES = {"ReadWriteOnce", "ReadWriteOncePod"}
"""Access modes of a file system on one disk."""
INTERVAL = 0.5


def install() -> None:
    """Have one work beside every cluster."""
    clusters.BESIDE.append(begin)


def volume(claim: dict, storage_class: dict, zone: str) -> dict:
    """The PersistentVolume that the driver would make for a claim."""
    metadata, spec = claim["metadata"], claim["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{metadata['uid']}", "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "storageClassName": storage_class["metadata"]["name"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
            "csi": {
                "driver": DRIVER,
                "volumeHandle": f"vol-{metadata['uid'].replace('-', '')[:17]}",
                "fsType": storage_class.get("parameters", {}).get("csi.storage.k8s.io/fstype", "ext4"),
            },
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}]
                }
            },
        },
    }


def zone_for(claim: dict, storage_class: dict, zones: dict[str, str]) -> str | None:
    """The zone of the node that the scheduler chose; any for an immediate class; None while there is no choice."""
    if storage_class.get("volumeBindingMode") == "WaitForFirstConsumer":
        return zones.get(claim["metadata"].get("annotations", {}).get(SELECTED_NODE, ""))
    return min(zones.values(), default=None)


def step(cluster: ControlPlane) -> None:
    """Make the volumes that claims wait for; delete those whose claim is gone."""
    claims = cluster.seen("/api/v1/persistentvolumeclaims")
    made = [
        v
        for v in cluster.seen("/api/v1/persistentvolumes")
        if v["metadata"].get("annotations", {}).get("pv.kubernetes.io/provisioned-by") == DRIVER
    ]
    living = {claim["metadata"]["uid"] for claim in claims}
    for one in made:
        spec = one["spec"]
        if spec["persistentVolumeReclaimPolicy"] == "Delete" and spec.get("claimRef", {}).get("uid") not in living:
            cluster.delete(one | {"apiVersion": "v1", "kind": "PersistentVolume"})
    waiting = [c for c in claims if not c["spec"].get("volumeName") and c["spec"].get("storageClassName")]
    if not waiting:
        return
    existing = {one["metadata"]["name"] for one in made}
    classes = {c["metadata"]["name"]: c for c in cluster.items("/apis/storage.k8s.io/v1/storageclasses")}
    zones = {
        n["metadata"]["name"]: n["metadata"]["labels"][ZONE]
        for n in cluster.items("/api/v1/nodes")
        if ZONE in n["metadata"].get("labels", {})
    }
    refused = []
    for claim in waiting:
        storage_class = classes.get(claim["spec"]["storageClassName"], {})
        zone = zone_for(claim, storage_class, zones) if storage_class.get("provisioner") == DRIVER else None
        if zone and not MODES.issuperset(claim["spec"]["accessModes"]):
            refused.append(claim)
        elif zone and f"pvc-{claim['metadata']['uid']}" not in existing:
            cluster.apply(volume(claim, storage_class, zone))
    for claim in refused:  # last, as an event is not accepted in a namespace that is going
        refuse(cluster, claim)


def refuse(cluster: ControlPlane, claim: dict) -> None:
    """Leave an event on a claim that the driver makes no volume for."""
    spec = claim["spec"]
    unknown = ", ".join(mode for mode in spec["accessModes"] if mode not in MODES)
    tell(
        cluster,
        {**claim, "kind": "PersistentVolumeClaim"},
        DRIVER,
        "ProvisioningFailed",
        f'failed to provision volume with StorageClass "{spec["storageClassName"]}": {DRIVER} offers '
        f"{' and '.join(sorted(MODES))}, not {unknown}",
    )


def provision(cluster: ControlPlane, has_driver: Callable[[], bool]) -> threading.Event:
    """Step by step, while the cluster has the driver; set the event to end it."""

    def look() -> None:
        if has_driver():
            step(cluster)

    return loops.repeat(f"volumes-{cluster.name}", INTERVAL, look, cluster.mirror)


def begin(cluster: ControlPlane, cluster_name: str, scope: clusters.Scope) -> threading.Event:
    """Work beside a cluster for as long as it has the add-on."""

    def has_driver() -> bool:
        with scope():
            return f"{cluster_name}/aws-ebs-csi-driver" in eks.addons

    return provision(cluster, has_driver)

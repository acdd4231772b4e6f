"""Nodes of a managed node group, as the Kubernetes scheduler would see them on EKS."""

import hashlib
import ipaddress

from ..core.ministack_api import Refused

SIZES = {
    "large": 2,
    "xlarge": 4,
    "2xlarge": 8,
    "4xlarge": 16,
    "8xlarge": 32,
    "12xlarge": 48,
    "16xlarge": 64,
    "24xlarge": 96,
}
"""Size -> vCPU"""
FAMILIES = {
    **dict.fromkeys(
        ("c5", "c5a", "c5ad", "c5d", "c6a", "c6i", "c6id", "c6in", "c7a", "c7i", "c7i-flex", "c8i", "c8i-flex"), 2
    ),
    "c5n": 2.625,
    **dict.fromkeys(
        (
            "m5",
            "m5a",
            "m5ad",
            "m5d",
            "m5dn",
            "m5n",
            "m6a",
            "m6i",
            "m6id",
            "m6idn",
            "m6in",
            "m7a",
            "m7i",
            "m7i-flex",
            "m8i",
            "m8i-flex",
            "t3",
            "t3a",
        ),
        4,
    ),
    **dict.fromkeys(
        (
            "r5",
            "r5a",
            "r5ad",
            "r5b",
            "r5d",
            "r5dn",
            "r5n",
            "r6a",
            "r6i",
            "r6id",
            "r6idn",
            "r6in",
            "r7a",
            "r7i",
            "r8i",
            "r8i-flex",
            "i3en",
            "i4i",
            "i7i",
            "i7ie",
        ),
        8,
    ),
}
"""Family -> GiB per vCPU"""
ODD = {
    **{
        f"{family}.{size}": value
        for family in ("t3", "t3a")
        for size, value in (("small", (2, 2)), ("medium", (2, 4)), ("large", (2, 8)))
    },
    **{
        f"{family}.{size}": value
        for family in ("c5", "c5d")
        for size, value in (("9xlarge", (36, 72)), ("18xlarge", (72, 144)))
    },
    "c5n.9xlarge": (36, 96),
    "c5n.18xlarge": (72, 192),
    "c7a.medium": (1, 2),
    "m7a.medium": (1, 4),
    "r7a.medium": (1, 8),
    "i3en.3xlarge": (12, 96),
    "i3en.6xlarge": (24, 192),
}
"""Types outside of the rule -> vCPU, GiB"""
VM_OVERHEAD = 0.075
"""Share of the memory that the machine does not show to its system, as Karpenter assumes."""
KUBELET_PORT = 10250
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


def instance(kind: str) -> tuple[int, float]:
    """vCPU and GiB of an instance type."""
    family, _, size = kind.partition(".")
    if kind in ODD:
        return ODD[kind]
    if family in FAMILIES and size in SIZES:
        return SIZES[size], SIZES[size] * FAMILIES[family]
    raise Refused(
        f"Instance type {kind} is unknown: add it to FAMILIES, SIZES or ODD in rehearsal/aws/emulator/kubernetes/nodes.py."
    )


def reserved_cpu(cpus: int) -> int:
    """Millicores that EKS keeps: 6 % of the first core, 1 % of the second, 0.5 % of two more, 0.25 % of the rest."""
    shares = [60, 10, 5, 5] + [2.5] * max(0, cpus - 4)
    return int(sum(shares[:cpus]))


def capacity(kind: str, disk_gib: int = 20) -> tuple[dict, dict]:
    """Capacity and allocatable of a node of Amazon Linux 2023 with prefix delegation."""
    cpus, gib = instance(kind)
    pods = 110 if cpus < 30 else 250
    mib, kept_mib = int(gib * 1024 * (1 - VM_OVERHEAD)), 255 + 11 * pods + 100
    whole = {"cpu": str(cpus), "memory": f"{mib}Mi", "ephemeral-storage": f"{disk_gib}Gi", "pods": str(pods)}
    return whole, {
        **whole,
        "cpu": f"{cpus * 1000 - reserved_cpu(cpus)}m",
        "memory": f"{mib - kept_mib}Mi",
        "ephemeral-storage": f"{int(disk_gib * 0.9 - 1)}Gi",
    }


def taints(given: list[dict]) -> list[dict]:
    """A node group's taints as Kubernetes writes them."""
    return [{"key": t["key"], "value": t.get("value", ""), "effect": EFFECTS[t["effect"]]} for t in given]


def labels(group: dict, kind: str, zone: str, hostname: str) -> dict:
    """Labels that EKS and the kubelet put on a node, and those of the group."""
    return {
        "eks.amazonaws.com/capacityType": group.get("capacityType") or "ON_DEMAND",
        "eks.amazonaws.com/nodegroup": group["nodegroupName"],
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": hostname,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": kind,
        "topology.kubernetes.io/region": zone[:-1],
        "topology.kubernetes.io/zone": zone,
        **group.get("labels", {}),
    }


def node(group: dict, kind: str, subnet: dict, index: int) -> dict:
    """The Node with that index in its group; its name comes from an address of its subnet, as on EC2."""
    zone = subnet["AvailabilityZone"]
    digest = hashlib.sha256(f"{group['nodegroupArn']}/{index}".encode()).hexdigest()
    network = ipaddress.ip_network(subnet["CidrBlock"])
    address = str(network[4 + int(digest[:8], 16) % max(1, network.num_addresses - 5)])
    name = f"ip-{address.replace('.', '-')}.{zone[:-1]}.compute.internal"
    whole, usable = capacity(kind, group.get("diskSize") or 20)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": labels(group, kind, zone, name),
        },
        "spec": {"providerID": f"aws:///{zone}/i-{digest[:17]}", "taints": taints(group.get("taints", []))},
        "status": {
            "capacity": whole,
            "allocatable": usable,
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": KUBELET_PORT}},
        },
    }


def changed(current: dict, group: dict, before: dict) -> dict:
    """A merge patch that brings a node's labels and taints from the group's former state to its present one."""
    former, present = before.get("labels", {}), group.get("labels", {})
    owned = {(t["key"], t["effect"]) for t in taints(before.get("taints", []))}
    kept = [t for t in current["spec"].get("taints", []) if (t["key"], t["effect"]) not in owned]
    return {
        "metadata": {"labels": {**{key: None for key in former if key not in present}, **present}},
        "spec": {"taints": kept + taints(group.get("taints", []))},
    }

"""Which versions of Kubernetes a control plane and its nodes may have beside each other.

Sources: docs.aws.amazon.com/eks/latest/userguide/update-cluster.html and rollback-cluster.html (one minor version up
or, within seven days, back down; nodes that are newer go back first), kubernetes.io/releases/version-skew-policy (a
kubelet is at most three minor versions older than its API server, and never newer), the page of AWS::EKS::Nodegroup
(a new group has the version of its cluster), and the messages in eksctl-io/eksctl#7976 and of UpdateNodegroupVersion.
"""

from ...core.ministack_api import Refused

SKEW = 3
"""Minor versions that a kubelet may be behind its API server."""


def minor(version: str) -> int:
    """The minor version of 1.36, or of a release of the node image like 1.36.4-20260923."""
    return int(version.split(".")[1])


def refuse_cluster_update(current: str, wanted: str, groups: list[dict]) -> None:
    """Refuse a version that a control plane cannot go to, or not with the nodes that it has."""
    step = minor(wanted) - minor(current)
    if abs(step) > 1:
        raise Refused(f"Unsupported Kubernetes minor version update from {current} to {wanted}")
    for group in groups if step else []:
        name, nodes = group["nodegroupName"], group["version"]
        if minor(nodes) > minor(wanted):
            raise Refused(
                f"The nodes of {name} run {nodes}, which is newer than {wanted}: roll them back before the "
                "control plane."
            )
        if minor(wanted) - minor(nodes) > SKEW:
            raise Refused(
                f"Nodegroups {name} must be updated before updating the cluster to {wanted}: their nodes run "
                f"{nodes}, and a kubelet is at most {SKEW} minor versions behind."
            )


def refuse_new_group(cluster: str, version: str | None, release: str | None) -> None:
    """A new group has the version of its cluster."""
    if version and version != cluster:
        raise Refused(
            f"Nodegroup Kubernetes version should be equal to Cluster kubernetes version: {version} is not {cluster}"
        )
    _refuse_release(release, cluster)


def refuse_group_update(cluster: str, current: str, version: str | None, release: str | None) -> None:
    """A group without a version keeps the one that it has, whatever becomes of its cluster."""
    wanted = version or current
    behind = minor(cluster) - minor(wanted)
    if wanted != current and behind not in (0, 1):  # one behind: where nodes go back before their control plane
        raise Refused(
            "Nodegroup Kubernetes version should be equal to Cluster kubernetes version or NodeGroup "
            f"kubernetes version: {wanted} is neither {cluster} nor {current}"
        )
    _refuse_release(release, wanted)


def _refuse_release(release: str | None, version: str) -> None:
    if release and minor(release) != minor(version):
        raise Refused(f"Requested release version {release} is not valid for kubernetes version {version}.")

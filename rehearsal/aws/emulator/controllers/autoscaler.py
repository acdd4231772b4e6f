"""The Cluster Autoscaler: while its Deployment runs and its role lets it, node groups grow for pods that no node
takes."""

import threading
from collections import Counter
from collections.abc import Iterator

from ministack.core.responses import get_account_id, get_region

from ..core import settings
from ..core.seams import eks
from ..kubernetes import fit, loops, rollout
from ..kubernetes.control_plane import ControlPlane
from ..kubernetes.events import tell
from ..services.eks import clusters, group_nodes
from ..services.eks.access import association_of
from ..services.iam import evaluation

DEPLOYMENT = "/apis/apps/v1/namespaces/kube-system/deployments/cluster-autoscaler"
DISCOVERY = "--node-group-auto-discovery=asg:tag="
INTERVAL = 0.5
TOLD = "NotTriggerScaleUp"
"""The reason of Cluster Autoscaler's event on a pod for which it adds no node."""


def install() -> None:
    """Have one work beside every cluster."""
    clusters.BESIDE.append(scale)


def discovered(deployment: dict, cluster_name: str, groups: list[dict]) -> list[dict]:
    """The groups whose Auto Scaling groups have the tags that the autoscaler's flags name: EKS tags them."""
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    words = [*container.get("command", []), *container.get("args", [])]
    if "--cloud-provider=aws" not in words:
        return []
    searched = [
        dict(tag.partition("=")[::2] for tag in word.removeprefix(DISCOVERY).split(","))
        for word in words
        if word.startswith(DISCOVERY)
    ]
    held = tags(cluster_name)
    return (
        groups
        if any(all(key in held and value in ("", held[key]) for key, value in wanted.items()) for wanted in searched)
        else []
    )


def tags(cluster_name: str) -> dict[str, str]:
    """The tags that EKS puts on the Auto Scaling group of a managed node group for its autoscaler."""
    return {
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"k8s.io/cluster-autoscaler/{cluster_name}": "owned",
        f"kubernetes.io/cluster/{cluster_name}": "owned",
        "eks:cluster-name": cluster_name,
    }


def lacking(deployment: dict, cluster_name: str) -> list[str]:
    """The permissions that the autoscaler lacks: a role, the role's trust, or actions of the role."""
    account = deployment["spec"]["template"]["spec"].get("serviceAccountName", "default")
    association = association_of(cluster_name, "kube-system", account)
    if association is None:
        return [f"a Pod Identity association of the service account {account}"]
    role, region = association["roleArn"], get_region()
    group = (
        f"arn:aws:autoscaling:{region}:{get_account_id()}:autoScalingGroup:00000000-0000-0000-0000-000000000000:"
        f"autoScalingGroupName/eks-{cluster_name}"
    )
    facts = {
        f"{service}:resourcetag/{key}".lower(): value
        for key, value in tags(cluster_name).items()
        for service in ("aws", "autoscaling")
    }
    wanted = {"autoscaling:DescribeAutoScalingGroups": ("*", {}), "autoscaling:SetDesiredCapacity": (group, facts)}
    return [
        *evaluation.untrusting(association),
        *(
            action
            for action, (resource, known) in wanted.items()
            if not evaluation.allowed(
                association, role, evaluation.context_of(role, action, resource, region, known), None
            )
        ),
    ]


def waiting(pod: dict) -> bool:
    """Whether the scheduler has found no node for a pod."""
    return not pod["spec"].get("nodeName") and any(
        rollout.unscheduled(one) and one.get("reason") == "Unschedulable" for one in rollout.conditions_of(pod)
    )


class Autoscaler:
    """The autoscaler of one cluster."""

    def __init__(self, plane: ControlPlane, cluster_name: str, scope: clusters.Scope):
        self.plane, self.cluster_name, self.scope = plane, cluster_name, scope
        self.told: set[str] = set()

    def step(self) -> object:
        """Add the nodes that waiting pods need, once the scheduler has tried the nodes that there are."""
        if not any(map(waiting, self.plane.seen("/api/v1/pods"))):
            return None
        if not self.plane.scheduler_is_idle():
            return loops.BUSY
        pods = [pod for pod in self.plane.items("/api/v1/pods", fieldSelector="spec.nodeName=") if waiting(pod)]
        if not self.plane.scheduler_is_idle():  # some of them may have got their node meanwhile
            return loops.BUSY
        deployment = next(
            (
                one
                for one in self.plane.items(DEPLOYMENT.rpartition("/")[0])
                if one["metadata"]["name"] == DEPLOYMENT.rpartition("/")[2]
            ),
            None,
        )
        if deployment is None or not rollout.available(deployment):
            return None
        with self.scope(), group_nodes.CHANGING:
            missing = lacking(deployment, self.cluster_name)
            if missing:
                self._tell(f"the autoscaler of {self.cluster_name} adds no nodes: it lacks {', '.join(missing)}")
                return None
            groups = [
                group for key, group in sorted(eks.nodegroups.items()) if group["clusterName"] == self.cluster_name
            ]
            Pass(self, discovered(deployment, self.cluster_name, groups)).serve(pods)
        return None

    def _tell(self, text: str) -> None:
        if text not in self.told:
            self.told.add(text)
            settings.note(text)


class Pass:
    """One look at the pods that wait: the nodes that it adds, and their free resources."""

    def __init__(self, autoscaler: Autoscaler, groups: list[dict]):
        self.autoscaler, self.plane, self.groups = autoscaler, autoscaler.plane, groups
        self.volumes = {volume["metadata"]["name"]: volume for volume in self.plane.items("/api/v1/persistentvolumes")}
        self.claims = {
            (claim["metadata"]["namespace"], claim["metadata"]["name"]): claim
            for claim in self.plane.items("/api/v1/persistentvolumeclaims")
        }
        used = {
            pod["spec"].get("nodeName")
            for pod in self.plane.items("/api/v1/pods")
            if not group_nodes.is_of_daemon_set(pod)
        }
        self.empty = [node for node in self.plane.items("/api/v1/nodes") if node["metadata"]["name"] not in used]
        self.added: list[tuple[dict, dict[str, float]]] = []

    def serve(self, pods: list[dict]) -> None:
        """Find a place for each pod: on a node that another one has got, else on one more. Says why there is none."""
        refused: list[tuple[dict, Counter[str]]] = []
        for pod in pods:
            place = self._among_added(pod)
            told: Counter[str] = Counter()
            for group in [] if place else sorted(self.groups, key=self._size):
                place, why = self._grown(pod, group)
                if place:
                    break
                told[why] += 1
            if place:
                for name, wanted in fit.requests(pod).items():
                    place[name] -= wanted
            else:
                refused.append((pod, told))
        for name in sorted({node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] for node, _ in self.added}):
            group_nodes.await_nodes(self.autoscaler.cluster_name, name)
        for pod, told in refused:  # last, as an event is not accepted in a namespace that is going
            reasons = ", ".join(f"{count} {why}" for why, count in sorted(told.items())) or "no node group is its own"
            tell(
                self.plane,
                {**pod, "kind": "Pod"},
                "cluster-autoscaler",
                TOLD,
                f"pod didn't trigger scale-up: {reasons}",
                "Normal",
            )

    def _size(self, group: dict) -> int:
        """How many nodes a group has: groups that differ by zone only are kept at one size."""
        return len(group_nodes.members(self.plane, group["nodegroupName"]))

    def _among_added(self, pod: dict) -> dict[str, float] | None:
        return next((free for node, free in self.added if not self._refusal(node, free, pod)), None)

    def _grown(self, pod: dict, group: dict) -> tuple[dict[str, float] | None, str]:
        """Add a node to a group, if it may have one more and that takes the pod. Return its free resources, or why there is
        none."""
        cluster_name, name = self.autoscaler.cluster_name, group["nodegroupName"]
        scaling, present = group["scalingConfig"], len(group_nodes.members(self.plane, name))
        if present >= scaling["maxSize"]:
            return None, "max node group size reached"
        if not group_nodes.zones(cluster_name, name):
            return None, "node group(s) in a lost zone"
        node = group_nodes.next_node(cluster_name, name)
        free, zone = fit.room(node), group_nodes.zone_of(node)
        refusal = self._refusal(node, free, pod)
        if refusal:
            return None, refusal
        if self._has_empty(name, zone):
            return None, "node group(s) with an empty node, which does not help"
        group_nodes.add_node(self.plane, node)
        scaling["desiredSize"] = max(group_nodes.desired(group), present + 1)
        settings.note(
            f"the autoscaler of {cluster_name} added node {present + 1} of at most {scaling['maxSize']} to "
            f"{name} in {zone}"
        )
        self.added.append((node, free))
        return free, ""

    def _has_empty(self, name: str, zone: str | None) -> bool:
        """Whether a group has a node there that nothing runs on: one more would help no more than that."""
        return any(
            node["metadata"]["labels"].get("eks.amazonaws.com/nodegroup") == name and group_nodes.zone_of(node) == zone
            for node in self.empty
        )

    def _refusal(self, node: dict, free: dict[str, float], pod: dict) -> str | None:
        """Why a node with so much left does not take a pod, in the words of the scheduler; None if it does."""
        labels = node["metadata"]["labels"]
        if not fit.wants(pod, labels):
            return "node(s) didn't match Pod's node affinity/selector"
        if not rollout.tolerates(pod["spec"], node):
            return "node(s) had untolerated taint(s)"
        if not all(fit.selects(affinity, labels) for affinity in self._ties(pod)):
            return "node(s) had volume node affinity conflict"
        short = [name for name, wanted in fit.requests(pod).items() if wanted > free[name]]
        return f"Insufficient {' and '.join(short)}" if short else None

    def _ties(self, pod: dict) -> Iterator[dict]:
        """The places of a pod's volumes."""
        for given in pod["spec"].get("volumes", []):
            name = given.get("persistentVolumeClaim", {}).get("claimName")
            claim = self.claims.get((pod["metadata"]["namespace"], name), {"spec": {}})
            volume = self.volumes.get(claim["spec"].get("volumeName"), {"spec": {}})
            if "nodeAffinity" in volume["spec"]:
                yield volume["spec"]["nodeAffinity"]["required"]


def scale(plane: ControlPlane, cluster_name: str, scope: clusters.Scope) -> threading.Event:
    """Step by step; set the event to end it."""
    return loops.repeat(f"autoscaler-{plane.name}", INTERVAL, Autoscaler(plane, cluster_name, scope).step, plane.mirror)

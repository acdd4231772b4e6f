"""The AWS Load Balancer Controller: while its Deployment runs and its role lets it, the pods of a Service are the
targets of the target group that a TargetGroupBinding names, and their readiness gates say whether they are healthy."""

import threading
from collections.abc import Iterator

from ministack.core.responses import get_region

from ..core.ministack_api import Refused
from ..core.seams import alb, eks, provisioners
from ..kubernetes import events, loops
from ..kubernetes.control_plane import ControlPlane
from ..kubernetes.objects import ApiError, path_of
from ..kubernetes.patience import settle
from ..services import cloudformation
from ..services.cloudformation import Made
from ..services.eks import clusters
from ..services.eks.access import association_of
from ..services.eks.manifests import MANIFEST, objects_of
from ..services.elbv2 import target_health
from ..services.iam import evaluation
from . import jobs

DEPLOYMENT = ("kube-system", "aws-load-balancer-controller")
BINDINGS = "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings"
KIND = "TargetGroupBinding"
FINALIZER = "elbv2.k8s.aws/resources"
GATE = "target-health.elbv2.k8s.aws/"
LOOKS = (
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "ec2:DescribeVpcs",
    "ec2:DescribeSecurityGroups",
)
REGISTER, DEREGISTER = (f"elasticloadbalancing:{verb}Targets" for verb in ("Register", "Deregister"))
INTERVAL = 0.5


def install() -> None:
    """Have one work beside every cluster, and put the seams in."""
    clusters.BESIDE.append(control)
    target_health.install()
    check_manifests()


def control(plane: ControlPlane, cluster_name: str, scope: clusters.Scope) -> threading.Event:
    """Step by step; set the event to end it."""
    return loops.repeat(
        f"load-balancer-controller-{plane.name}", INTERVAL, Controller(plane, cluster_name, scope).step, plane.mirror
    )


def lacking(plane: ControlPlane, cluster_name: str, arn: str, actions: tuple[str, ...]) -> str | None:
    """The reason why the controller cannot work on a target group, or None."""
    deployment = _deployment(plane)
    if deployment is None:
        return "the AWS Load Balancer Controller is not available"
    missing = [*_missing_flags(deployment, cluster_name), *_missing_rights(deployment, cluster_name, arn, actions)]
    return f"the AWS Load Balancer Controller lacks {', '.join(missing)}" if missing else None


def _deployment(plane: ControlPlane) -> dict | None:
    """The Deployment of the controller, if some pod of it is available."""
    return next(
        (
            one
            for one in plane.seen("/apis/apps/v1/deployments")
            if (one["metadata"].get("namespace"), one["metadata"]["name"]) == DEPLOYMENT
            and one.get("status", {}).get("availableReplicas", 0) > 0
        ),
        None,
    )


def _missing_flags(deployment: dict, cluster_name: str) -> list[str]:
    """It cannot ask the instance for region and network: pods do not reach the metadata service."""
    given = deployment["spec"]["template"]["spec"]["containers"][0].get("args", [])
    vpc_id = clusters.record(cluster_name)["resourcesVpcConfig"]["vpcId"]
    wanted = (f"--cluster-name={cluster_name}", f"--aws-region={get_region()}", f"--aws-vpc-id={vpc_id}")
    return [flag for flag in wanted if flag not in given]


def _missing_rights(deployment: dict, cluster_name: str, arn: str, actions: tuple[str, ...]) -> list[str]:
    account = deployment["spec"]["template"]["spec"].get("serviceAccountName", "default")
    association = association_of(cluster_name, "kube-system", account)
    if association is None:
        return [f"a Pod Identity association of the service account {account}"]
    role, region = association["roleArn"], get_region()
    facts = {
        f"{service}:resourcetag/{tag['Key']}".lower(): tag["Value"]
        for tag in alb.tags.get(arn) or []
        for service in ("aws", "elasticloadbalancing")
    }
    wanted = [*((action, "*", {}) for action in LOOKS), *((action, arn, facts) for action in actions)]
    return [
        *evaluation.untrusting(association),
        *(
            action if resource == "*" else f"{action} of {resource}"
            for action, resource, known in wanted
            if not evaluation.allowed(
                association, role, evaluation.context_of(role, action, resource, region, known), None
            )
        ),
    ]


class Controller:
    """Serves every binding of a cluster, again and again."""

    def __init__(self, plane: ControlPlane, cluster_name: str, scope: clusters.Scope):
        self.plane, self.cluster_name, self.scope = plane, cluster_name, scope

    def step(self) -> None:
        """Bring targets and readiness gates to what the bindings, the Services and their pods are now."""
        bindings = self.plane.seen(BINDINGS)
        if bindings and _deployment(self.plane):
            with self.scope():
                for binding in bindings:
                    self._serve({"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": KIND, **binding})

    def _serve(self, binding: dict) -> None:
        metadata, arn = binding["metadata"], binding["spec"]["targetGroupARN"]
        finalizers = metadata.get("finalizers", [])
        if metadata.get("deletionTimestamp"):
            if FINALIZER in finalizers and not lacking(self.plane, self.cluster_name, arn, (DEREGISTER,)):
                target_health.register(arn, {})
                self._finalize(binding, [name for name in finalizers if name != FINALIZER])
            return
        if FINALIZER not in finalizers:
            self._finalize(binding, [*finalizers, FINALIZER])
        told = (
            lacking(self.plane, self.cluster_name, arn, (REGISTER, DEREGISTER))
            or target_health.unusable(arn)
            or self._unserved(binding)
        )
        pods = [
            {"apiVersion": "v1", "kind": "Pod", **pod}
            for pod in self._inside("pods", metadata["namespace"])
            if not pod["metadata"].get("deletionTimestamp") and pod.get("status", {}).get("podIP")
        ]
        if told:
            for pod in pods:
                self._tell(pod, metadata["name"], told)
            return
        groups = target_health.pod_groups(self.cluster_name)
        targets = {}
        for pod, port in self._endpoints(binding, pods):
            targets[pod["status"]["podIP"]] = port, target_health.fault(pod, port, arn, groups)
        target_health.register(arn, targets)
        for pod in pods:
            if pod["status"]["podIP"] in targets:
                self._tell(pod, metadata["name"], targets[pod["status"]["podIP"]][1])

    def _inside(self, plural: str, namespace: str) -> list[dict]:
        """The objects of a namespace."""
        return [one for one in self.plane.seen(f"/api/v1/{plural}") if one["metadata"]["namespace"] == namespace]

    def _finalize(self, binding: dict, finalizers: list[str]) -> None:
        self.plane.request(
            "PATCH", path_of(binding), {"metadata": {"finalizers": finalizers}}, "application/merge-patch+json"
        )

    def _service_port(self, binding: dict) -> tuple[dict, dict] | None:
        """The Service that a binding names, and its port."""
        reference, namespace = binding["spec"]["serviceRef"], binding["metadata"]["namespace"]
        for service in self._inside("services", namespace):
            for port in service["spec"].get("ports", []) if service["metadata"]["name"] == reference["name"] else ():
                if reference["port"] in (port["port"], port.get("name")):
                    return service, port
        return None

    def _unserved(self, binding: dict) -> str | None:
        reference = binding["spec"]["serviceRef"]
        return (
            None
            if self._service_port(binding)
            else (
                f"TargetGroupBinding {binding['metadata']['name']} names the port {reference['port']} of the Service "
                f"{reference['name']}, which does not exist"
            )
        )

    def _endpoints(self, binding: dict, pods: list[dict]) -> Iterator[tuple[dict, int]]:
        """The pods of the Service, each with the port of its own that the Service leads to."""
        found = self._service_port(binding)
        if found is None:
            return
        service, port = found
        selector = service["spec"].get("selector") or {}
        for pod in pods:
            number = target_health.number(pod, port.get("targetPort", port["port"]))
            if selector and selector.items() <= pod["metadata"].get("labels", {}).items() and number:
                yield pod, number

    def _tell(self, pod: dict, name: str, fault: str | None) -> None:
        """Set the condition of a pod's readiness gate, if it has one for this binding."""
        kind = GATE + name
        if kind not in [gate["conditionType"] for gate in pod["spec"].get("readinessGates", [])]:
            return
        wanted = {
            "type": kind,
            "status": "False" if fault else "True",
            "reason": "Target.FailedHealthChecks" if fault else "Healthy",
            "message": fault or "",
        }
        held: dict = next((one for one in pod["status"].get("conditions", []) if one["type"] == kind), {})
        if wanted.items() <= {"message": "", **held}.items():
            return
        since = held.get("lastTransitionTime") if held.get("status") == wanted["status"] else None
        jobs.record(self.plane, pod, {"conditions": [{**wanted, "lastTransitionTime": since or events.now()}]})


def _bindings(properties: dict) -> list[dict]:
    return [obj for obj in objects_of(properties) if obj["kind"] == KIND]


def check_manifests() -> None:
    """Wraps provisioners.custom_resource_create and custom_resource_delete: for a binding that nothing can finish,
    kubectl would wait until its function ends after a quarter of an hour."""
    create, delete = provisioners.custom_resource_create, provisioners.custom_resource_delete

    def created(
        logical_id: str, properties: dict, stack_name: str, resource_type: str = "AWS::CloudFormation::CustomResource"
    ) -> Made:
        if resource_type == MANIFEST and _bindings(properties):
            _refuse_before_policies(logical_id)
        return create(logical_id, properties, stack_name, resource_type)

    def deleted(
        physical_id: str,
        properties: dict,
        stack_name: str | None = None,
        logical_id: str | None = None,
        resource_type: str = "AWS::CloudFormation::CustomResource",
    ) -> None:
        for binding in _bindings(properties) if resource_type == MANIFEST else ():
            refuse_hanging(properties["ClusterName"], binding)
        return delete(physical_id, properties, stack_name, logical_id, resource_type)

    provisioners.replace("custom_resource_create", created)
    provisioners.replace("custom_resource_delete", deleted)


def _refuse_before_policies(logical_id: str) -> None:
    """Deletion in the reverse order would remove the permission to deregister first."""
    late = [
        name
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
        for name, properties in cloudformation.unordered(kind).items()
        if DEREGISTER in str(properties.get("PolicyDocument"))
    ]
    if late:
        raise Refused(
            f"order {logical_id} after {', '.join(late)}: otherwise its deletion hangs, because the controller loses the "
            "permission to deregister targets first"
        )


def refuse_hanging(cluster_name: str, binding: dict) -> None:
    """Refuse to delete a binding whose finalizer nobody would remove."""
    if cluster_name not in eks.clusters:
        return
    plane, arn = clusters.control_plane(cluster_name), binding["spec"]["targetGroupARN"]
    try:
        held = plane.request("GET", path_of(binding))
    except ApiError:  # the binding, or its kind, is gone
        return
    if FINALIZER not in held["metadata"].get("finalizers", []):
        return

    def look() -> tuple[bool, str | None]:
        told = lacking(plane, cluster_name, arn, (DEREGISTER,))
        return told is None, told

    if not settle(plane.all_rounds, look):
        metadata = binding["metadata"]
        raise Refused(
            f"{KIND} {metadata['namespace']}/{metadata['name']} cannot be deleted: nothing removes its finalizer "
            f"{FINALIZER}, because {look()[1]}. Delete bindings first."
        )

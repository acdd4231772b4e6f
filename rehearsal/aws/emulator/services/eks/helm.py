"""Helm charts of the CDK, of a repository or as an asset: a chart is only recorded, and what it would bring is made from
<chart>.yaml and <chart>.schema.yaml in a folder of charts, as with an add-on."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from ...core import settings
from ...core.ministack_api import Refused, is_true
from ...core.seams import eks, s3
from ...kubernetes import addons, rollout
from .. import cloudformation
from ..cloudformation import StandIn, register
from . import clusters
from .access import association_of
from .addons import refuse_before_nodes
from .manifests import refuse_without_access

CHART = "Custom::AWSCDK-EKS-HelmChart"
ASSOCIATION = "AWS::EKS::PodIdentityAssociation"


def install() -> None:
    """Register the type."""
    register({CHART: StandIn(_create, _delete, mutable=None, update=_update, recorded=True)})


def _create(properties: dict, name: str) -> str:
    """Bring the chart's objects into the cluster; wait for its pods if `helm` would."""
    refuse_without_access(cloudformation.PROVISIONED.get() or name, properties)
    chart, objects = _render(properties)
    if is_true(properties.get("Wait")):
        refuse_before_nodes(properties["ClusterName"], chart, objects)
    _refuse_without_identity(chart, properties, objects)
    try:
        _apply(properties, chart, objects)
    except Refused:
        _delete(name, properties)
        raise
    return name


def _update(_physical_id: str, old: dict, new: dict) -> None:
    chart, objects = _render(new)
    _refuse_without_identity(chart, new, objects)
    _apply(new, chart, objects, replaced=_without_definitions(_render(old)[1]))


def _delete(_physical_id: str, properties: dict) -> None:
    """Definitions of kinds stay, as helm leaves what is in a chart's folder `crds`."""
    if properties["ClusterName"] in eks.clusters:
        rollout.remove(clusters.control_plane(properties["ClusterName"]), _without_definitions(_render(properties)[1]))


def _without_definitions(objects: list[dict]) -> list[dict]:
    return [obj for obj in objects if obj["kind"] != "CustomResourceDefinition"]


def _apply(properties: dict, chart: str, objects: list[dict], replaced: Sequence[dict] = ()) -> None:
    plane = clusters.control_plane(properties["ClusterName"])
    rollout.apply(plane, chart, objects, replaced)
    if is_true(properties.get("Wait")):
        rollout.await_workloads(plane, chart, objects)


def _described(properties: dict) -> dict:
    """The name and the version of a chart: those of its asset, else those that the repository is asked for."""
    url = properties.get("ChartAssetURL")
    if url is None:
        if not str(properties.get("Repository", "")).startswith(("https://", "oci://")):
            raise Refused(
                f"Chart {properties.get('Chart')} needs the address of its repository, not {properties.get('Repository')}"
            )
        return {"name": properties.get("Chart"), "version": properties.get("Version")}
    bucket, _, key = str(url).removeprefix("s3://").partition("/")
    archive = s3.get_object_data(bucket, key)
    if archive is None:
        raise Refused(f"The asset of the chart is not there: {url}")
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        if "Chart.yaml" not in files.namelist():
            raise Refused(f"Chart.yaml file is missing in the asset {url}")
        return yaml.safe_load(files.read("Chart.yaml"))


def _file(properties: dict) -> Path:
    """The objects of a chart: the app's own folder first."""
    chart = _described(properties)["name"]
    for folder in (settings.APP_CHARTS, settings.CHARTS):
        if (file := folder / f"{chart}.yaml").exists():
            return file
    raise Refused(
        f"Chart {chart} is not known to the rehearsal: add its objects as {settings.APP_CHARTS}/{chart}.yaml and its "
        f"schema as {chart}.schema.yaml."
    )


def _render(properties: dict) -> tuple[str, list[dict]]:
    """The name of the chart in messages, and its objects under the values; Refused if helm, or the rehearsal, would."""
    described = _described(properties)
    chart, version = described["name"], described.get("version")
    file = _file(properties)
    if not re.fullmatch(r"v?\d+\.\d+\.\d+", version or ""):
        raise Refused(f"Chart {chart} needs a version like 1.2.3, not {version}: helm would take the latest one.")
    objects, schema = addons.read(file)
    release = {"name": properties.get("Release"), "namespace": properties.get("Namespace", "default")}
    if release != schema["x-release"]:
        raise Refused(f"Chart {chart} is known to the rehearsal as the release {schema['x-release']}, not {release}")
    values = json.loads(properties.get("Values") or "{}")
    problems = addons.problems(schema, values)
    if problems:
        raise Refused(f"Chart {chart} does not take these values: {problems}")
    return f"Chart {chart}", addons.configured(objects, schema, values)


def _refuse_without_identity(chart: str, properties: dict, objects: list[dict]) -> None:
    """Pods get the credentials of an association when they start, not later. Only charts whose schema says so need one."""
    if not addons.read(_file(properties))[1].get("x-needs-role"):
        return
    cluster_name, namespace = properties["ClusterName"], properties["Namespace"]
    deployment = next(obj for obj in objects if obj["kind"] == "Deployment")
    account = deployment["spec"]["template"]["spec"]["serviceAccountName"]
    late = cloudformation.unordered(ASSOCIATION, ClusterName=cluster_name, Namespace=namespace, ServiceAccount=account)
    if late:
        raise Refused(
            f"{chart} has pods that would start without a role: order it after the Pod Identity association "
            f"{', '.join(late)}"
        )
    if association_of(cluster_name, namespace, account) is None:
        raise Refused(
            f"{chart} has pods that need a role: there is no Pod Identity association of the service account "
            f"{namespace}/{account}"
        )

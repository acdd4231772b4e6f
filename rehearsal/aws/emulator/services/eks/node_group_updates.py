"""How CloudFormation updates a managed node group: by which calls of EKS, and what these refuse.

Sources: the page of AWS::EKS::Nodegroup ("You can't update other properties at the same time as updating" Version, and
the same of ReleaseVersion; of Tags with LaunchTemplate: awsdocs/aws-cloudformation-user-guide#1181), of its
ScalingConfig ("When creating a node group, you must specify all or none of the properties. When updating a node group,
you can specify any or none"), and the messages in aws/aws-cdk#16644, aws/containers-roadmap#1258 and #1637. eksctl
sends LaunchTemplate and ReleaseVersion in one update all the same; the page allows none beside ReleaseVersion.
"""

from ...core.ministack_api import Refused

NODES, CONFIGURATION, TAGS = "UpdateNodegroupVersion", "UpdateNodegroupConfig", "TagResource"
CALLS = {
    "Version": NODES,
    "ReleaseVersion": NODES,
    "LaunchTemplate": NODES,
    "ForceUpdateEnabled": "none: the next UpdateNodegroupVersion has it",
    "Labels": CONFIGURATION,
    "Taints": CONFIGURATION,
    "ScalingConfig": CONFIGURATION,
    "UpdateConfig": CONFIGURATION,
    "NodeRepairConfig": CONFIGURATION,
    "WarmPoolConfig": CONFIGURATION,
    "Tags": TAGS,
}
"""Property that changes in place -> the call that changes it. Any other replaces the group."""
TOGETHER = frozenset({"Version", "ReleaseVersion"})
"""The only two of UpdateNodegroupVersion that may change together: a release is of one version."""
SIZES = ("MinSize", "DesiredSize", "MaxSize")


def changed(old: dict, new: dict) -> set[str]:
    """The properties that differ."""
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def refuse_combinations(old: dict, new: dict) -> None:
    """Refuse an update that replaces nodes together with another one."""
    names = changed(old, new)
    if not names <= CALLS.keys():
        return  # another group is made
    rolling = {name for name in names if CALLS[name] == NODES}
    if rolling and len(names) > 1 and names != TOGETHER:
        raise Refused(
            "Version and ReleaseVersion updates cannot be combined with other updates: "
            f"{', '.join(sorted(names))} change together. Deploy {' and '.join(sorted(rolling))} by itself."
        )
    ids = [
        {key: value for key, value in (one.get("LaunchTemplate") or {}).items() if key != "Version"}
        for one in (old, new)
    ]
    if ids[0] != ids[1]:
        raise Refused(
            "You cannot specify a different launch template ID or name than what was used to create the node group."
        )


def refuse_new_sizes(scaling: dict) -> None:
    """Of a group that is made: all sizes or none, in order."""
    given = [name for name in SIZES if name in scaling]
    if 0 < len(given) < len(SIZES):
        missing = ", ".join(name for name in SIZES if name not in scaling)
        raise Refused(f"desiredSize is not valid: give a new node group all of its sizes or none: {missing} is missing")
    _refuse_disorder({name: int(size) for name, size in scaling.items()})


def sizes_after(live: dict, old: dict | None, new: dict | None) -> dict:
    """The scalingConfig of a group after an update. CloudFormation sends all sizes of the template whenever one of them
    changes, DesiredSize too (eksctl-io/eksctl#3532); a size that it does not have stays as it is."""
    if old == new or not new:
        return live
    sizes = {**live, **{name[0].lower() + name[1:]: int(size) for name, size in new.items()}}
    _refuse_disorder({name[0].upper() + name[1:]: size for name, size in sizes.items()})
    return sizes


def _refuse_disorder(sizes: dict) -> None:
    least, desired, most = (sizes.get(name, default) for name, default in zip(SIZES, (1, 1, 2), strict=True))
    told = f"minSize {least}, desiredSize {desired}, maxSize {most}"
    if not 0 <= least <= most or most < 1:
        raise Refused(f"A node group's sizes must be in order: {told}")
    if least > desired:
        raise Refused(f"Minimum capacity {least} can't be greater than desired size {desired}: {told}")
    if desired > most:
        raise Refused(f"Maximum capacity {most} can't be less than desired size {desired}: {told}")

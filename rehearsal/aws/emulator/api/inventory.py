"""The resources of MiniStack's services, made by anybody."""

import json
from typing import Any

from ..core.records import is_gone
from ..core.seams import default_vpc, entries
from ..services.route53 import hosted_zones

PREFIX = "ministack.services."

RECORDS = {
    "_tags": "tags, which may outlive their resource",
    "_resource_tags": "tags",
    "_stack_events": "the history of stacks",
    "_change_sets": "the history of stacks",
    "_sessions": "a client's, which end by themselves",
    "_jobs": "a log of what happened",
    "_copy_jobs": "a log of what happened",
    "_restore_jobs": "a log of what happened",
    "_automated_backups": "copies of RDS, which outlive their instance",
    "_events": "a log of what happened",
    "_events_log": "a log of what happened",
    "_alarm_history": "a log of what happened",
    "_parameter_history": "a log of what happened",
    "_completed_multipart_uploads": "a log of what happened",
    "_aws_managed_attachment_counts": "counts of what roles hold",
    "_executions": "a log of what happened",
    "_metrics": "measurements",
    "_param_group_params": "values, which go with their parameter group",
    "_invocations": "a log of what happened",
    "_invalidations": "a log of what happened",
    "_changes": "a log of what happened",
    "_caller_refs": "names of requests",
    "_lb_attrs": "values, which go with their load balancer",
    "_tg_attrs": "values, which go with their target group",
    "_listener_attrs": "values, which may outlive their listener",
}
"""Stores that are records rather than resources, with the reason."""


def held(modules: dict) -> list[dict]:
    """Every entry of every scoped store of the given service modules, sorted."""
    found = []
    for module_name, module in modules.items():
        if not module_name.startswith(PREFIX):
            continue
        for store_name, store in list(vars(module).items()):
            kind = type(store).__name__
            if kind not in ("AccountScopedDict", "AccountRegionScopedDict") or store_name in RECORDS:
                continue
            for scope, value in list(entries(store).items()):
                if not is_default(module, value) and not is_gone(value):
                    account, region, key = scope if kind == "AccountRegionScopedDict" else (scope[0], "", scope[-1])
                    found += [
                        {
                            "service": module_name.removeprefix(PREFIX),
                            "store": store_name,
                            "account": account,
                            "region": region,
                            "key": part,
                        }
                        for part in parts(module_name, store_name, key, value)
                    ]
    return sorted({json.dumps(e): e for e in found}.values(), key=lambda e: tuple(map(str, e.values())))


def parts(module_name: str, store_name: str, key: str, value: Any) -> list[str]:
    """The keys of what an entry holds: of a hosted zone's records each is one, as a zone can be older than they."""
    if (module_name, store_name) == (PREFIX + "route53", "_records"):
        return [f"{key} {record['Name']} {record['Type']}" for record in hosted_zones.own_records(value)]
    return [str(key)]


def is_default(module: Any, value: Any) -> bool:
    """Whether AWS gives this to every account: the default VPC and what is in it, ElastiCache's parameter groups, the
    default event bus."""
    if not isinstance(value, dict):
        return False
    if value.get("CacheParameterGroupName", "").startswith("default.") or str(value.get("Arn")).endswith(
        ":event-bus/default"
    ):
        return True
    default = default_vpc(module)
    if default is None:
        return False
    attachments = [attachment.get("VpcId") for attachment in value.get("Attachments") or []]
    return value.get("VpcId") == default or default in attachments

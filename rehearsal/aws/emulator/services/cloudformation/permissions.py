"""CloudFormation acts with the role that a deployment gives it, and needs of its policies what the handlers of a type call.

MiniStack asks for nothing. Whatever is checked here is a stack that was given a role: `cdk bootstrap` is not.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region

from ...core.seams import engine, handlers, helpers, iam, provisioners
from .overrides import Made
from .provider_schemas import arn, name_on_aws, names, registry, schema

ROLES: dict[tuple[str, str, str], str] = {}
"""Account, region and name of a stack -> the role that it was given. It keeps one until it is given another."""

TAGS = "aws:ResourceTag/"
"""The prefix of the names of conditions on tags. By itself, it says that the tags of a thing are known."""

OWN_ROLE = r"arn:aws:iam::{account}:role/(?!aws-service-role/).+"


def install() -> None:
    """Wraps the actions that name a role, what resolves references, and what creates, updates and deletes resources."""
    for action in ("CreateChangeSet", "CreateStack", "UpdateStack", "DeleteStack"):
        handlers.ACTION_HANDLERS[action] = _remember_role(handlers.ACTION_HANDLERS[action], helpers.p)

    provision, change, delete = (
        provisioners.provision_resource,
        provisioners.update_resource,
        provisioners.delete_resource,
    )

    def provision_allowed(kind: str, logical_id: str, properties: dict, stack_name: str) -> Made:
        refuse_empty(kind, properties)
        require("create", kind, logical_id, properties, stack_name)
        return provision(kind, logical_id, properties, stack_name)

    def update_allowed(
        kind: str, physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None, *args: Any
    ) -> Made:
        refuse_empty(kind, new)
        if old != new:
            require("update", kind, logical_id or physical_id, new, stack_name)
        return change(kind, physical_id, old, new, stack_name, logical_id, *args)

    def delete_allowed(
        kind: str, physical_id: str, properties: dict, stack_name: str | None = None, logical_id: str | None = None
    ) -> None:
        if stack_name:
            require("delete", kind, logical_id or physical_id, properties, stack_name)
        return delete(kind, physical_id, properties, stack_name, logical_id)

    resolve = engine.resolve_refs

    def resolve_allowed(value: Any, *context: Any) -> Any:
        spec = value.get("Fn::GetStackOutput") if isinstance(value, dict) else None
        if isinstance(spec, dict) and isinstance(spec.get("StackName"), str):
            region = spec["Region"] if isinstance(spec.get("Region"), str) else get_region()
            stack = f"arn:aws:cloudformation:{region}:{get_account_id()}:stack/{spec['StackName']}/0a1b2c3d"
            role = ROLES.get((get_account_id(), get_region(), context[4]))
            if role and not _allowed(role, "cloudformation:DescribeStacks", stack, {"aws:RequestedRegion": region}):
                raise ValueError(
                    f"the execution policy lacks cloudformation:DescribeStacks for Fn::GetStackOutput of "
                    f"{spec['StackName']}"
                )
        return resolve(value, *context)

    provisioners.replace("provision_resource", provision_allowed)
    provisioners.replace("update_resource", update_allowed)
    provisioners.replace("delete_resource", delete_allowed)
    engine.replace("resolve_refs", resolve_allowed)


def refuse_empty(kind: str, properties: dict) -> None:
    """Refuse statements of nothing, in IAM's words: https://github.com/terraform-aws-modules/terraform-aws-iam/issues/603"""
    if not kind.startswith("AWS::IAM::"):
        return
    documents = [one.get("PolicyDocument") for one in (properties, *(properties.get("Policies") or []))]
    statements = [one for document in documents if document for one in _list(document["Statement"])]
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if any(statement.get(name) in ([], "") for statement in statements):
            raise ValueError(f"Policy statement must contain {name.removeprefix('Not').lower()}s.")


def _remember_role(handle: Callable, parameter: Callable) -> Callable:
    def handle_with_role(params: dict) -> tuple:
        role, stack = parameter(params, "RoleARN"), parameter(params, "StackName")
        if role:
            name = stack.split("/")[1] if stack.startswith("arn:") else stack
            ROLES[get_account_id(), get_region(), name] = role
        return handle(params)

    return handle_with_role


def require(handler: str, kind: str, logical_id: str, properties: dict, stack_name: str) -> None:
    """Refuse what the role of the stack may not do, naming every action that its policies lack."""
    role = ROLES.get((get_account_id(), get_region(), stack_name))
    if role is None:
        return
    lacking = sorted(
        {
            action
            for action, resource, context in requests(handler, kind, logical_id, properties, stack_name)
            if not _allowed(role, action, resource, context)
        }
    )
    if lacking:
        raise ValueError(f"the execution policy lacks {', '.join(lacking)} for {kind} {logical_id}")


def requests(
    handler: str, kind: str, logical_id: str, properties: dict, stack_name: str
) -> Iterator[tuple[str, str | None, dict]]:
    """The requests of a type's handler to IAM: (action, ARN or None where it is not known, what else is known)."""
    account, region, known = get_account_id(), get_region(), schema(kind)
    called = known["handlers"].get(handler, []) if known else []
    context = {"aws:RequestedRegion": region}
    naming = names().get(kind, {"resources": []})
    if handler != "create" and naming["resources"]:
        context |= {TAGS: "known"} | {f"{TAGS}{tag['Key']}": tag["Value"] for tag in _tags(properties)}
    for action in called:
        on = registry()["actions"].get(action)
        if on is None:
            if action not in registry()["leftOut"]:
                raise ValueError(f"registry.json has no entry for {action}: generate it again")
            continue
        if action == "iam:PassRole":
            for role in _roles(properties, account):
                yield action, role, context
        elif action == "iam:AttachRolePolicy":
            for policy in _attached(kind, logical_id, properties, stack_name, account):
                yield action, None, {**context, "iam:PolicyARN": policy}
        elif action == "lambda:InvokeFunction" and "ServiceToken" in properties:
            yield action, properties["ServiceToken"], context
        else:
            own = [resource for resource in naming["resources"] if resource in on]
            name = name_on_aws(kind, logical_id, properties, stack_name) if own else ""
            for resource in own or [None]:
                yield action, resource and arn(resource, name, account, region), context


def _tags(properties: dict) -> list[dict]:
    """The tags of a thing, which some types have as an object. Those of a launch template itself are among its specifications."""
    tags: dict | list[dict] = properties.get("Tags") or next(
        (
            one["Tags"]
            for one in properties.get("TagSpecifications") or []
            if one.get("ResourceType") == "launch-template"
        ),
        [],
    )
    return [{"Key": key, "Value": value} for key, value in tags.items()] if isinstance(tags, dict) else tags


def _attached(kind: str, logical_id: str, properties: dict, stack_name: str, account: str) -> list[str]:
    """The managed policies that roles get: those that a role names, or the policy that names roles."""
    if kind == "AWS::IAM::ManagedPolicy" and properties.get("Roles"):
        return [arn("iam:policy", name_on_aws(kind, logical_id, properties, stack_name), account, "")]
    return properties.get("ManagedPolicyArns", [])


def _roles(value: Any, account: str) -> Iterator[str]:
    """The roles of an account that properties name."""
    if isinstance(value, str) and re.fullmatch(OWN_ROLE.format(account=account), value):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from _roles(part, account)


def _allowed(role_arn: str, action: str, resource: str | None, context: dict[str, str]) -> bool:
    return any(_matches(statement, action, resource, context) for statement in _statements(role_arn))


def _statements(role_arn: str) -> list[dict]:
    """The statements of the managed policies of a role."""
    role = iam.roles.get(role_arn.rpartition("/")[2]) or {"AttachedPolicies": []}
    found = []
    for policy in role["AttachedPolicies"]:
        versions = (iam.lookup_policy(policy) or {"Versions": {}})["Versions"].values()
        found += [one for version in versions if version["IsDefaultVersion"] for one in _parsed(version["Document"])]
    return found


@functools.cache
def _parsed(document: str) -> list[dict]:
    statements = json.loads(document)["Statement"]
    for statement in statements:
        if statement["Effect"] != "Allow" or not {"Action", "Resource"} <= statement.keys():
            raise ValueError(f"the rehearsal cannot evaluate a statement of a policy: {json.dumps(statement)}")
    return statements


def _matches(statement: dict, action: str, resource: str | None, context: dict[str, str]) -> bool:
    """Whether a statement allows a request. Unknown parts of the request are taken to be as the statement wants them."""
    if not any(_like(pattern.lower(), action.lower()) for pattern in _list(statement["Action"])):
        return False
    if resource is not None and not any(_like(pattern, resource) for pattern in _list(statement["Resource"])):
        return False
    return all(
        any(_like(value, context[key]) for value in _list(values))
        if key in context
        else not (key.startswith(TAGS) and TAGS in context)
        for conditions in statement.get("Condition", {}).values()
        for key, values in conditions.items()
    )


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


@functools.lru_cache(maxsize=100_000)
def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text) is not None

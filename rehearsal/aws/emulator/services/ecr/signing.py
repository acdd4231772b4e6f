"""ECR: the signing of images, and the profiles of Signer. MiniStack lacks both:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html"""

import json
import re
from collections.abc import Callable

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from ...core.answers import answer
from ...core.ministack_api import Refused, camel
from ...core.seams import app, ecr
from ..cloudformation import StandIn, register

SIGNING = "AWS::ECR::SigningConfiguration"
PROFILE = "AWS::Signer::SigningProfile"


def install() -> None:
    """Register the types, and what the registry says of its configuration."""
    ecr.signing_profiles = AccountRegionScopedDict()
    ecr.signing_configurations = AccountRegionScopedDict()
    register(
        {
            PROFILE: StandIn(_make_profile, _forget(ecr.signing_profiles), lambda arn, properties: {"Arn": arn}),
            SIGNING: StandIn(
                _configure_signing,
                _forget(ecr.signing_configurations),
                lambda registry, properties: {"RegistryId": registry},
                mutable=frozenset({"Rules"}),
                update=lambda registry, old, new: _hold(registry, new),
            ),
        }
    )
    app.SERVICE_HANDLERS["ecr"] = _with_signing(app.SERVICE_HANDLERS["ecr"])


def _with_signing(handle: Callable) -> Callable:
    """The operations on the signing configuration of the registry."""

    async def handle_request(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in ("GetSigningConfiguration", "PutSigningConfiguration", "DeleteSigningConfiguration"):
            return await handle(method, path, headers, body, query)
        registry = get_account_id()
        if operation == "PutSigningConfiguration":
            _hold(registry, json.loads(body)["signingConfiguration"])
            return answer("ecr", operation, {"signingConfiguration": ecr.signing_configurations[registry]})
        held = ecr.signing_configurations.get(registry)
        if held is None:
            code = "SigningConfigurationNotFoundException"
            text = json.dumps({"__type": code, "message": f"The registry {registry} has no signing configuration."})
            return 400, {"Content-Type": "application/x-amz-json-1.1"}, text.encode()
        if operation == "DeleteSigningConfiguration":
            del ecr.signing_configurations[registry]
        return answer("ecr", operation, {"registryId": registry, "signingConfiguration": held})

    return handle_request


def _forget(held: dict) -> Callable[[str, dict], None]:
    """Deletes a resource of its physical id."""

    def delete(physical_id: str, _properties: dict) -> None:
        held.pop(physical_id, None)

    return delete


def _make_profile(properties: dict, name: str) -> str:
    given = properties.get("ProfileName") or re.sub(r"\W", "_", name)
    arn = f"arn:aws:signer:{get_region()}:{get_account_id()}:/signing-profiles/{given}"
    if arn in ecr.signing_profiles:
        raise Refused(f"Profile with name {given} already exists.")
    ecr.signing_profiles[arn] = properties
    return arn


def _configure_signing(properties: dict, _name: str) -> str:
    registry = get_account_id()
    if registry in ecr.signing_configurations:
        raise Refused(f"The registry {registry} already has a signing configuration: it takes one.")
    _hold(registry, properties)
    return registry


def _hold(registry: str, properties: dict) -> None:
    """A rule has a profile that there is, for images."""
    given = camel(properties)
    for rule in given["rules"]:
        arn = rule["signingProfileArn"]
        profile = ecr.signing_profiles.get(arn)
        if profile is None:
            raise Refused(f"The signing profile {arn} does not exist: order it first.")
        if profile["PlatformId"] != "Notation-OCI-SHA384-ECDSA":
            raise Refused(f"The signing profile {arn} is of {profile['PlatformId']}, which signs no images.")
    ecr.signing_configurations[registry] = given

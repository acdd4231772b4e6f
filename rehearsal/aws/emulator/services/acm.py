"""ACM: the validation that CloudFormation waits for, and no deletion of a certificate that is in use."""

from collections.abc import Callable, Sequence

from ..core.ministack_api import Refused
from ..core.seams import acm
from . import cloudformation
from .route53 import hosted_zones

CERTIFICATE = "AWS::CertificateManager::Certificate"
USERS: list[Callable[[str], list[str]]] = []
"""Modules whose resources may use a certificate add a function each: it names those that use the one with that ARN."""


def install() -> None:
    """Put every seam of this module in."""
    cloudformation.check(CERTIFICATE, refuse_endless_validation)
    cloudformation.check_deletion(CERTIFICATE, refuse_use)


def refuse_endless_validation(properties: dict, _physical_id: str | None) -> None:
    """Refuse a certificate that CloudFormation cannot validate by itself: it writes the record of a name only into the
    hosted zone that the template gives for it."""
    if properties.get("ValidationMethod", "EMAIL") != "DNS":
        raise Refused("The certificate would wait forever for an answer to an email: set ValidationMethod to DNS.")
    given = {
        option["DomainName"]: option.get("HostedZoneId") for option in properties.get("DomainValidationOptions") or []
    }
    for name in dict.fromkeys([properties["DomainName"], *(properties.get("SubjectAlternativeNames") or [])]):
        zone = hosted_zones.find(given.get(name) or given.get(name.removeprefix("*.")))
        if zone is None or not hosted_zones.contains(zone, name):
            raise Refused(
                f"The certificate would wait forever for its validation: DomainValidationOptions must give {name} a hosted "
                "zone of this account that contains it."
            )


def find(arn: str) -> dict | None:
    """A certificate of any region."""
    return next((held for (_, _, key), held in acm.certificates.all_items() if key == arn), None)


def covers(certificate: dict, name: str) -> bool:
    """Whether a certificate is of that name, or of all names beside it."""
    wildcard = f"*.{name.partition('.')[2]}"
    return bool({name, wildcard} & set(certificate["SubjectAlternativeNames"]))


def require(arn: str, region: str, names: Sequence[str] = ()) -> None:
    """Refuse a certificate that does not exist, is not issued or not of that region, or lacks a name."""
    certificate = find(arn)
    if certificate is None or certificate["Status"] != "ISSUED" or arn.split(":")[3] != region:
        raise Refused(f"The specified SSL certificate doesn't exist, isn't in {region} region, or isn't valid: {arn}")
    missing = [name for name in names if not covers(certificate, name)]
    if missing:
        raise Refused(f"The certificate {arn} that is attached doesn't cover {', '.join(missing)}.")


def refuse_use(arn: str) -> None:
    """Refuse the deletion of a certificate that something has."""
    in_use = [user for users in USERS for user in users(arn)]
    if in_use:
        raise Refused(f"Certificate {arn} is in use by {', '.join(in_use)} (ResourceInUseException).")

"""State of an account before anything is deployed there, as AWS and people made it: raised quotas, offers, a Slack workspace that
somebody authorized. POST /_rehearsal/account with {FIELD: value, …}; null removes a field."""

from typing import Any

from ministack.core.responses import get_account_id

from .ministack_api import Refused

GIVEN: dict[str, dict[str, Any]] = {}
"""By account."""

FIELDS = {
    "quotas": "SERVICE/CODE -> the value that AWS has granted",
    "disabledRegions": "regions that nobody has enabled",
    "subnetZones": "names of the zones of subnets, which there are beside the usual ones",
    "zones": "zone name -> ZoneId, or null for none: others than services/ec2/zone_ids.py chooses",
    "unsold": "instance types or database classes that AWS does not sell here, each with the zones, or none for all",
    "unreplicated": "regions from which RDS replicates no automated backups",
    "databases": "engine versions of MySQL that RDS has, beside its usual ones",
    "kubernetes": "versions of which EKS makes clusters",
    "addons": "add-on -> its versions",
    "nodeImages": "names of the images of nodes",
    "prefixList": "id of CloudFront's list of addresses",
    "volumeKey": "id of the key with which EBS encrypts volumes",
    "slack": "ids of authorized workspaces of Slack",
    "connections": "ARN of a connection of CodeConnections -> its status, or null for none; all others are AVAILABLE",
    "nameServers": "zone name -> name servers in the public DNS, or null where nobody has delegated it",
    "refused": "IAM action, or SERVICE:*, -> the code of AWS's refusal, or what core/refusals.py says of one that ends",
    "allowed": "IAM actions; all others are refused",
    "answersAtOnce": "whether the state of a stack at work is told at once, as on AWS, and not when the stack is at rest",
}


def provide(given: dict) -> dict:
    """Merge what is given; a field is replaced as a whole."""
    unknown = given.keys() - FIELDS.keys()
    if unknown:
        raise Refused(f"An account has no {', '.join(sorted(unknown))}: it has {', '.join(FIELDS)}")
    held = GIVEN.setdefault(get_account_id(), {})
    for name, value in given.items():
        if value is None:
            held.pop(name, None)
        else:
            held[name] = value
    return held


def field(name: str, default: Any) -> Any:
    """A field of the account that is asked."""
    return GIVEN.get(get_account_id(), {}).get(name, default)

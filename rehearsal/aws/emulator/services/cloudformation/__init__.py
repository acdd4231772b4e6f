"""CloudFormation: MiniStack's engine with its seams, and what the services need of it."""

from .deployments import PROVISIONED, unordered
from .overrides import Create, Delete, Made, Update, check, check_deletion, override
from .stand_ins import StandIn, register

__all__ = [
    "PROVISIONED",
    "Create",
    "Delete",
    "Made",
    "StandIn",
    "Update",
    "check",
    "check_deletion",
    "override",
    "register",
    "unordered",
]

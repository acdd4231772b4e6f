"""AWS Backup: its refusals, each under the code of its API."""

from ...core.ministack_api import Refused


class Fault(Refused):
    """A refusal under a code."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code

"""Resources of WAF of the account, in all regions."""

from ministack.core.responses import get_account_id

from ...core.seams import waf


def all_acls() -> list[dict]:
    """The web ACLs."""
    return [held for (account, _, _), held in waf.web_acls.all_items() if account == get_account_id()]


def all_sets() -> list[dict]:
    """The sets of addresses."""
    return [held for (account, _, _), held in waf.ip_sets.all_items() if account == get_account_id()]

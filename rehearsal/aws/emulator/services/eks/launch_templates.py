"""Launch templates of node groups."""

from ...core.ministack_api import Refused
from ...core.seams import ec2


def launch_template(wanted: dict | None) -> dict:
    """LaunchTemplateData of the version of a launch template that a node group wants, by id or by name."""
    if not wanted:
        return {}
    given = wanted.get("id") or wanted.get("name")
    for template in ec2.launch_templates.values():
        if given in (template["LaunchTemplateId"], template["LaunchTemplateName"]):
            break
    else:
        raise Refused(f"Launch template {given} does not exist")
    named = {"$Default": template["DefaultVersionNumber"], "$Latest": template["LatestVersionNumber"]}
    asked = wanted.get("version") or "$Default"
    number = named.get(asked, asked)
    for version in template["Versions"]:
        if version["VersionNumber"] == int(number):
            return version["LaunchTemplateData"]
    raise Refused(f"Launch template {given} has no version {number}")

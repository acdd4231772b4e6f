"""Has the AWS CLI itself read commands: it takes or refuses them as ever, but nothing is sent and nothing is done.

Standard input is a JSON list of lists of arguments. Standard output is a JSON list of what it says of each; empty where it takes one.
"""

import contextlib
import io
import json
import os
import re
import sys
import tempfile
from typing import Any

os.environ |= {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_PAGER": "",
}

from awscli.botocore.awsrequest import AWSResponse
from awscli.clidriver import create_clidriver
from awscli.customizations.commands import BasicCommand
from awscli.customizations.sessionmanager import StartSessionCaller
from awscli.customizations.waiters import WaiterCaller


def answer(**_: Any) -> tuple:
    """Answer for a service that all is well."""
    return AWSResponse(None, 200, {}, None), {}


def tame(command: type) -> None:
    """Let a command that is no call of a service read its arguments, and do nothing."""
    each: Any
    for each in command.__subclasses__():
        tame(each)
        if not each.SUBCOMMANDS:
            each._run_main = lambda *_, **__: 0  # noqa: SLF001, which the CLI calls


def said(args: list[str]) -> str:
    """Return the CLI's objections to a command."""
    for arg in args:
        if arg.startswith("file://"):
            with open(arg.removeprefix("file://"), "w", encoding="utf-8") as file:
                file.write("text")
    driver = create_clidriver()
    driver.session.register("before-call", answer)
    tame(BasicCommand)
    for caller in (StartSessionCaller, WaiterCaller):
        caller.invoke = lambda *_, **__: 0
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = driver.main(args)
        except SystemExit as end:
            code = end.code
    return "" if not code else " ".join(told.getvalue().rpartition("error:")[2].split())


def placed(args: list[str]) -> list[str]:
    """Replace a placeholder for a region by a region: the CLI takes none with an underscore."""
    return [
        os.environ["AWS_DEFAULT_REGION"] if before == "--region" and re.fullmatch("[A-Z_]+", arg) else arg
        for before, arg in zip(["", *args], args, strict=False)
    ]


os.chdir(tempfile.mkdtemp(prefix="platform-aws-"))
json.dump([said(placed(args)) for args in json.load(sys.stdin)], sys.stdout)

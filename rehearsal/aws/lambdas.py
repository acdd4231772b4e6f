"""Functions run as local processes: each gets what its layers would put under /opt, and a folder of its own.

Their AWS SDK for JavaScript, which Lambda brings along, is found through NODE_PATH; boto3 is in this environment.
"""

import os
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent / "function-tools"
"""Commands that stand in front of those of the layers."""

PROGRAMS = ("kubectl", "helm", "awscli")
"""Folders of the kubectl and AWS CLI layers, which their functions expect on the PATH."""


class Subprocess:
    """The module `subprocess` as lambda_runtime sees it."""

    def __getattr__(self, name: str):
        return getattr(subprocess, name)

    def Popen(self, command: list[str], env: dict, **options) -> subprocess.Popen:
        """Start a worker, whose script lies in the folder that MiniStack made for it."""
        return subprocess.Popen(command, env=environment(env, Path(command[1]).parent), **options)


def environment(env: dict, folder: Path) -> dict:
    """The environment of a worker with the programs of its layers on its PATH."""
    layers = [Path(layer) for layer in env.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep) if layer]
    folders = [layer / program for layer in layers for program in PROGRAMS if (layer / program).is_dir()]
    for program in [file for found in folders for file in (found / found.name, found / "aws") if file.is_file()]:
        program.chmod(0o755)  # which MiniStack loses when it unpacks a layer
    awscli = next((found / "aws" for found in folders if found.name == "awscli"), None)
    return {
        **env,
        "PATH": os.pathsep.join(map(str, [TOOLS, *folders, env["PATH"]])),
        "TEST_OUTDIR": str(folder),  # where the kubectl handler writes: its default, /tmp, is everybody's
        "TMPDIR": str(folder),
        **({"REHEARSAL_AWS": f"{sys.executable} {awscli}"} if awscli else {}),
    }


def install() -> None:
    """Replaces lambda_runtime.subprocess."""
    from ministack.core import lambda_runtime

    lambda_runtime.subprocess = Subprocess()

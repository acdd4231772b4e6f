"""Functions run as local processes: each gets what its layers would put under /opt, and a folder of its own.

Their AWS SDK for JavaScript, which Lambda brings along, is found through NODE_PATH; boto3 is in this environment.
"""

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

from ..core import settings

ANSWERS = settings.SCRATCH / "answers"
"""Answers that the command `aws` there has cached."""

UNREACHABLE = settings.SCRATCH / "unreachable"
"""For how many calls of kubectl the API server is not to be reached."""

PROGRAMS = ("kubectl", "helm", "awscli")
"""Folders of the kubectl and AWS CLI layers, which their functions expect on the PATH."""


class Subprocess:
    """The module `subprocess` as lambda_runtime sees it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, command: list[str], env: dict, **options: Any) -> subprocess.Popen:  # noqa: N802, as it is called there
        """Start a worker, whose script lies in the folder that MiniStack made for it."""
        return subprocess.Popen(command, env=environment(env, Path(command[1]).parent), **options)


class Zipfile:
    """The module `zipfile` as lambda_runtime sees it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(zipfile, name)

    class ZipFile(zipfile.ZipFile):
        """Unpacks a layer for its first worker only: 150 MB in 4,300 files otherwise, for every one."""

        def namelist(self) -> list[str]:
            """The members to examine before they are unpacked: none of a layer that is unpacked already."""
            return [] if self._is_layer() and self._shared().exists() else super().namelist()

        def extractall(self, path: Any = None, *args: Any, **kwargs: Any) -> None:
            """Unpack, for a layer into the folder that every worker links to; its archive is of no more use."""
            if not self._is_layer():
                super().extractall(path, *args, **kwargs)
                return
            shared = self._shared()
            with UNPACKING:
                if not shared.exists():
                    unfinished = shared.with_suffix(".unfinished")
                    super().extractall(unfinished)
                    unfinished.rename(shared)
            Path(path).rmdir()
            Path(path).symlink_to(shared)
            self._archive().unlink()

        def _archive(self) -> Path:
            return Path(str(self.filename))

        def _is_layer(self) -> bool:
            return self._archive().name.startswith("layer_")

        def _shared(self) -> Path:
            with self._archive().open("rb") as file:
                return settings.SCRATCH / "layers" / hashlib.file_digest(file, "sha256").hexdigest()


UNPACKING = threading.Lock()


def environment(env: dict, folder: Path) -> dict:
    """The environment of a worker with the programs of its layers on its PATH."""
    layers = [Path(layer) for layer in env.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep) if layer]
    folders = [layer / program for layer in layers for program in PROGRAMS if (layer / program).is_dir()]
    for program in [file for found in folders for file in (found / found.name, found / "aws") if file.is_file()]:
        program.chmod(0o755)  # which MiniStack loses when it unpacks a layer
    kubectl = next((found / "kubectl" for found in folders if found.name == "kubectl"), None)
    awscli = next((found / "aws" for found in folders if found.name == "awscli"), None)
    return {
        **env,
        "PATH": os.pathsep.join(map(str, [settings.TOOLS, *folders, env["PATH"]])),
        "TEST_OUTDIR": str(folder),  # where the kubectl handler writes: its default, /tmp, is everybody's
        "TMPDIR": str(folder),
        "GOGC": "off",  # of kubectl, which ends before it has much to collect: a quarter of its CPU
        "GOMEMLIMIT": "256MiB",
        "REHEARSAL_ANSWERS": str(ANSWERS),
        "REHEARSAL_UNREACHABLE": str(UNREACHABLE),
        **({"REHEARSAL_KUBECTL": str(kubectl)} if kubectl else {}),
        **({"REHEARSAL_AWS": f"{sys.executable} {awscli}"} if awscli else {}),
    }


def install() -> None:
    """Replaces lambda_runtime.subprocess and zipfile."""
    ANSWERS.mkdir(parents=True, exist_ok=True)
    lambda_runtime.subprocess = Subprocess()
    lambda_runtime.zipfile = Zipfile()

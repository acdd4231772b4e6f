"""The orchestrator's environment variables, read once, and the files that everything shares."""

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

STATE = Path(os.environ.get("REHEARSAL_STATE") or Path(tempfile.gettempdir()) / "rehearsal").resolve()
SEED = int(os.environ.get("REHEARSAL_SEED", "0"))
DEBUG = os.environ.get("REHEARSAL_DEBUG") == "1"
REHEARSAL = Path(__file__).resolve().parents[3]
TOOLS = REHEARSAL / "aws" / "function-tools"
"""Commands that stand in front of those of a function's layers."""
PROVIDER = REHEARSAL / "src" / "provider"
KUBERNETES = REHEARSAL / "kubernetes"
ADDONS, CHARTS, STAGES = (KUBERNETES / name for name in ("addons", "charts", "stages.yaml"))
APP_CHARTS = Path(os.environ.get("REHEARSAL_CHARTS", CHARTS))
"""Folder of the Helm charts that the app brings, beside those that the rehearsal knows."""

SCRATCH = STATE / "scratch"
"""Temporary files of MiniStack and of the functions; gone when the rehearsal ends."""


def note(text: str) -> None:
    """Leave a line for whoever reads the report: a difference from AWS that this run had."""
    with open(STATE / "notes.txt", "a", encoding="utf-8") as notes:
        notes.write(text.rstrip() + "\n")


def binaries() -> Path:
    """The folder with Kubernetes' programs: KUBERNETES_BIN, else what the orchestrator says in a file, which is waited
    for, as the programs may be downloaded or built while the emulator works already. Raises if there will be none."""
    if "KUBERNETES_BIN" in os.environ:
        return Path(os.environ["KUBERNETES_BIN"])
    told = STATE / "kubernetes-binaries.json"
    while not told.exists():
        time.sleep(0.2)
    answer = json.loads(told.read_text(encoding="utf-8"))
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return Path(answer["folder"])


def kubernetes_version() -> str:
    """The minor version of the control plane's binaries, like 1.36."""
    program = binaries() / "kube-apiserver"
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v(\d+\.\d+)", told)
    if found is None:
        raise RuntimeError(f"{program} --version says {told.strip()}, which is no version")
    return found[1]

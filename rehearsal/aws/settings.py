"""What the orchestrator says by environment variables, read once, and the files that everything shares."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

STATE = Path(os.environ.get("REHEARSAL_STATE") or Path(tempfile.gettempdir()) / "rehearsal").resolve()
BINARIES = Path(os.environ.get("KUBERNETES_BIN", "."))
SEED = int(os.environ.get("REHEARSAL_SEED", "0"))
DEBUG = os.environ.get("REHEARSAL_DEBUG") == "1"
KUBERNETES = Path(__file__).resolve().parent.parent / "kubernetes"
ADDONS, CHARTS, STAGES = (KUBERNETES / name for name in ("addons", "charts", "stages.yaml"))

SCRATCH = STATE / "scratch"
"""Temporary files of MiniStack and of the functions; gone when the rehearsal ends."""


def note(text: str) -> None:
    """Leave a line for whoever reads the report: a difference from AWS that this run had."""
    with open(STATE / "notes.txt", "a", encoding="utf-8") as notes:
        notes.write(text.rstrip() + "\n")


def kubernetes_version() -> str:
    """The minor version of the control plane's binaries, like 1.36."""
    told = subprocess.run([BINARIES / "kube-apiserver", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"v(\d+\.\d+)", told)[1]

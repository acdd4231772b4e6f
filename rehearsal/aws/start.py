"""Start the rehearsal's AWS: MiniStack with the seams of the package `emulator`, on GATEWAY_PORT.

Environment: GATEWAY_PORT, REHEARSAL_STATE, KUBERNETES_BIN, REHEARSAL_SEED, EKS_BASE_PORT; REHEARSAL_DEBUG=1 for more
of MiniStack's log. SIGTERM, SIGINT or the parent's death end everything.
"""

import os
import sys

from emulator.core import processes, settings


def configure() -> None:
    """MiniStack reads its environment while it is imported, so this comes first."""
    settings.SCRATCH.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        TMPDIR=str(settings.SCRATCH),
        LOG_LEVEL="DEBUG" if settings.DEBUG else "WARNING",
        BIND_HOST="127.0.0.1",
        SFTP_ENABLED="0",
        IMDS_ENABLED="0",
    )
    # The caller's endpoint and profile are for its own commands: functions get theirs from MiniStack.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def serve() -> None:
    """Put the seams in, then hand over to MiniStack."""
    sys.stdout = sys.stderr
    import ministack.app

    from emulator import installation

    installation.install()
    sys.argv = sys.argv[:1]
    ministack.app.main()


if __name__ == "__main__":
    configure()
    sys.exit(processes.supervise(serve, settings.SCRATCH))

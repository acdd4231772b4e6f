"""The programs of a control plane, which is what `kwokctl create cluster --disable-qps-limits` starts, without what a
rehearsal does not need."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from ..core import settings

LOOPBACK = "127.0.0.1"
HOST = "localhost"
"""The name of this machine in the certificate that the API server makes for itself."""
TAIL = 2000
"""Characters that an error shows of a log's end."""
TAKEN = "address already in use"
"""The message of a Go program about a port that another program has."""


class Ended(RuntimeError):
    """A program that has to run has ended; `port_taken` if because another program has its port."""

    def __init__(self, name: str, code: int, told: str):
        self.port_taken = TAKEN in told
        super().__init__(f"{name} ended with {code}; the end of its log:\n{told}")


def server(port: int, service_cidr: str, webhook: str | None) -> dict[str, list[str]]:
    """The arguments of the API server and its store, by program. Paths are relative to the folder of the cluster.

    etcd has sockets in the place of ports, files of that name: it demands a host and a port all the same (checkHostURLs
    in embed/config.go of etcd 3.6.8). It does not wait for the disk, as nothing has to outlive the machine. The API server
    makes a certificate and a key for itself before it reads the key that signs tokens of service accounts
    (Options.Complete in pkg/controlplane/apiserver/options/options.go of Kubernetes 1.36.3).
    """
    return {
        "etcd": [
            "--name=node0",
            "--data-dir=etcd",
            "--unsafe-no-fsync",
            "--auto-compaction-retention=1",
            "--quota-backend-bytes=8589934592",
            "--listen-client-urls=unix://clients:0",
            "--advertise-client-urls=unix://clients:0",
            "--listen-peer-urls=unix://peers:0",
            "--initial-advertise-peer-urls=unix://peers:0",
            "--initial-cluster=node0=unix://peers:0",
        ],
        "kube-apiserver": [
            "--etcd-servers=unix://clients:0",
            "--etcd-prefix=/registry",
            f"--secure-port={port}",
            "--bind-address=0.0.0.0",
            "--cert-dir=pki",
            "--token-auth-file=tokens.csv",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file=pki/apiserver.key",
            "--service-account-signing-key-file=pki/apiserver.key",
            "--authorization-mode=Node,RBAC",
            "--allow-privileged=true",
            f"--service-cluster-ip-range={service_cidr}",
            "--enable-priority-and-fairness=false",
            "--max-requests-inflight=0",
            "--max-mutating-requests-inflight=0",
            *([f"--authentication-token-webhook-config-file={webhook}"] if webhook else []),
        ],
    }


def free_ports(but: int) -> dict[str, int]:
    """A port for the metrics of each program that works with the API server, which nobody has now, without that one."""
    names = ("kube-controller-manager", "kube-scheduler", "kwok")
    sockets = [socket.socket() for _ in range(len(names) + 1)]
    try:
        for one in sockets:
            one.bind((LOOPBACK, 0))
        free = [port for port in (one.getsockname()[1] for one in sockets) if port != but]
        return dict(zip(names, free, strict=False))
    finally:
        for one in sockets:
            one.close()


def clients(disregarded: str, ports: dict[str, int]) -> dict[str, list[str]]:
    """The arguments of the programs that work with the API server; pods with that label are not played by kwok.

    They serve metrics alone, to anybody on this machine. There is one of each, so none is elected, and none ends because a
    slow machine let a lease lapse.
    """

    def common(name: str) -> list[str]:
        return [
            "--kubeconfig=kubeconfig",
            f"--bind-address={LOOPBACK}",
            f"--secure-port={ports[name]}",
            "--authorization-always-allow-paths=/metrics",
            "--leader-elect=false",
            "--kube-api-qps=5000",
            "--kube-api-burst=10000",
        ]

    return {
        "kube-controller-manager": [
            *common("kube-controller-manager"),
            "--root-ca-file=pki/ca.crt",
            "--service-account-private-key-file=pki/apiserver.key",
            "--node-monitor-period=1s",
            "--node-monitor-grace-period=10m",
            "--node-startup-grace-period=10m",
            "--horizontal-pod-autoscaler-sync-period=2s",
        ],
        "kube-scheduler": common("kube-scheduler"),
        "kwok": [
            "--kubeconfig=kubeconfig",
            f"--config={settings.STAGES}",
            "--manage-all-nodes=true",
            "--node-ip=",
            "--node-name=localhost",
            "--node-port=0",
            f"--server-address={LOOPBACK}:{ports['kwok']}",
            "--node-lease-duration-seconds=200",
            f"--disregard-status-with-label-selector={disregarded}",
        ],
    }


class Programs:
    """Programs that run in a folder, each with a log there. The supervisor of this process ends those that outlive it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.logs = folder / "logs"
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, arguments: dict[str, list[str]]) -> None:
        """Start each with its arguments."""
        self.logs.mkdir(parents=True, exist_ok=True)
        environment = {"PATH": os.defpath, "HOME": str(self.folder)}
        for name, given in arguments.items():
            with open(self.logs / f"{name}.log", "ab") as log:
                self.running[name] = subprocess.Popen(
                    [settings.binaries() / name, *given],
                    cwd=self.folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    def check(self) -> None:
        """Raise if one has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                told = (self.logs / f"{name}.log").read_text(errors="replace")
                raise Ended(name, process.returncode, told[-TAIL:].strip())

    def told(self) -> int:
        """How much they have written, which grows while they work."""
        return sum(log.stat().st_size for log in self.logs.iterdir())

    def stop(self) -> None:
        """End all and remove the folder: nothing of it is kept, so nothing has to end well."""
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()
        self.running.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

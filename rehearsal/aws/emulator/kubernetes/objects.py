"""Objects of Kubernetes: where the API server has them, and what it says when it refuses."""


class ApiError(Exception):
    """The API server refused; `status` is the HTTP status."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


def path_of(obj: dict) -> str:
    """The API path of an object."""
    group, kind, metadata = obj["apiVersion"], obj["kind"].lower(), obj["metadata"]
    plural = kind[:-1] + "ies" if kind.endswith("y") else kind + ("es" if kind.endswith("s") else "s")
    namespace = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"/{'apis' if '/' in group else 'api'}/{group}{namespace}/{plural}/{metadata['name']}"

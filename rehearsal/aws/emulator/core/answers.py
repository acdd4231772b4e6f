"""Answers of AWS in their real shapes: botocore's model of a service says what is where, and refuses what is not in it."""

import functools
import json
import re
from typing import Any
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.validate import ParamValidator


def answer(service: str, operation: str, result: dict) -> tuple[int, dict, bytes]:
    """A successful answer to an operation, as its service sends it. Raises TypeError on what its model does not have."""
    model = _model(service).operation_model(operation)
    if model.output_shape is None:
        return 200, {}, b""
    report = ParamValidator().validate(result, model.output_shape)
    if report.has_errors():
        raise TypeError(f"{service} {operation} does not answer that: {report.generate_report()}")
    protocol = model.service_model.metadata["protocol"]
    if "json" in protocol:
        kind = "application/x-amz-json-1.1" if protocol == "json" else "application/json"
        return 200, {"Content-Type": kind}, json.dumps(_json(model.output_shape, result)).encode()
    body = _members(model.output_shape, result)
    wrapper = model.output_shape.serialization.get("resultWrapper")
    if wrapper:
        body = f"<{wrapper}>{body}</{wrapper}>"
    return 200, {"Content-Type": "text/xml"}, f"<{operation}Response>{body}</{operation}Response>".encode()


def parsed(service: str, operation: str, response: tuple) -> dict:
    """An answer, as an SDK parses it."""
    model = _model(service)
    status, headers, body = response
    given = {"status_code": status, "headers": headers, "body": body.encode() if isinstance(body, str) else body}
    result = create_parser(model.metadata["protocol"]).parse(given, model.operation_model(operation).output_shape)
    return {key: value for key, value in result.items() if key != "ResponseMetadata"}


def asked(
    service: str, operations: tuple[str, ...], method: str, path: str, query: dict, body: bytes
) -> tuple[str, dict] | None:
    """Which of the operations of a REST service a request asks for, and its parameters."""
    for operation, verb, pattern in _routes(service, operations):
        found = re.fullmatch(pattern, path) if verb == method else None
        if found is None:
            continue
        given = json.loads(body) if body else {}
        named = found.groupdict()
        shape = _model(service).operation_model(operation).input_shape
        for name, member in shape.members.items():
            where, key = member.serialization.get("location"), member.serialization.get("name", name)
            if where == "uri":
                given[name] = named[re.sub(r"\W", "_", key)]
            elif where == "querystring" and key in query:
                given[name] = query[key][0] if isinstance(query[key], list) else query[key]
        return operation, given
    return None


@functools.cache
def _routes(service: str, operations: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Each operation with its method and the pattern of its path, the longest path first."""
    models = [_model(service).operation_model(operation) for operation in operations]
    models.sort(key=lambda model: len(model.http["requestUri"]), reverse=True)
    return [
        (
            model.name,
            model.http["method"],
            re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", model.http["requestUri"].rstrip("/")) + "/?",
        )
        for model in models
    ]


@functools.cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _json(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        return {
            shape.members[name].serialization.get("name", name): _json(shape.members[name], item)
            for name, item in value.items()
        }
    if shape.type_name == "list":
        return [_json(shape.member, item) for item in value]
    return value


def _members(shape: Any, value: dict) -> str:
    return "".join(
        _element(shape.members[name].serialization.get("name", name), shape.members[name], item)
        for name, item in value.items()
    )


def _element(name: str, shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        return f"<{name}>{_members(shape, value)}</{name}>"
    if shape.type_name == "list":
        inner = shape.member.serialization.get("name", "member")
        return f"<{name}>{''.join(_element(inner, shape.member, item) for item in value)}</{name}>"
    return f"<{name}>{escape(str(value).lower() if isinstance(value, bool) else str(value))}</{name}>"

"""Discord's own OpenAPI file, asked about request bodies; without ``../shared`` it has nothing to say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

FILE: Final = Path(__file__).parents[3] / "../shared/data/fixtures/discord_openapi/openapi.json"


def problems(method: str, route: str, body: Any) -> tuple[str, ...]:
    """Return what the file would refuse in a request's body."""
    return _problems(method.lower(), route, json.dumps(body))


def known(method: str, route: str) -> bool:
    """Tell whether the file has an operation; where it has none, there is never a problem."""
    return method.lower() in _file()["paths"].get(route, {})


def answered(method: str, route: str, body: Any) -> Iterator[str]:
    """Yield where an answer of this server is not what the file says that Discord answers."""
    for error in _answers(method.lower(), route).iter_errors(body):
        where = "/".join(str(part) for part in error.absolute_path) or "the answer"
        yield f"{where}: {error.message[:300]}"


@cache
def _problems(method: str, route: str, body: str) -> tuple[str, ...]:
    """Ask the file about a body, once: every start of a bot sends the same commands, which take it half a second."""
    check = _validator(method, route)
    error = best_match(check.iter_errors(json.loads(body))) if check else None
    if error is None:
        return ()
    where = "/".join(str(part) for part in error.absolute_path) or "the body"
    return (f"{where}: {error.message[:300]}",)


@cache
def _file() -> Any:
    """Read the file, once."""
    return json.loads(FILE.read_text()) if FILE.exists() else {"paths": {}}


@cache
def _validator(method: str, route: str) -> Draft202012Validator | None:
    """Compile what an operation takes as JSON."""
    operation = _file()["paths"].get(route, {}).get(method, {})
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    return Draft202012Validator({**schema, "components": _file()["components"]})


@cache
def _answers(method: str, route: str) -> Draft202012Validator:
    """Compile what an operation answers with when all is well."""
    answers = _file()["paths"][route][method]["responses"]
    good = next(answers[code] for code in ("200", "201") if code in answers)
    schema = good["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": _file()["components"]})

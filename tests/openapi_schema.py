"""Where a value is not what a schema of the OpenAPI document says."""

from typing import Any

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def _is(value: Any, name: str) -> bool:
    kinds = TYPES[name]
    return type(value) in kinds if isinstance(kinds, tuple) else type(value) is kinds


def problems(schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Where a value is not what a schema says; members it does not name count as problems too."""
    if "oneOf" in schema:
        found = [problems(one, value, at) for one in schema["oneOf"]]
        return [] if [] in found else min(found, key=len)
    if "const" in schema:
        return [] if value is schema["const"] else [f"{at} is {value!r}"]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, name) for name in types):
        return [f"{at} is {value!r}, not {types}"]
    if isinstance(value, list):
        return [p for index, item in enumerate(value) for p in problems(schema["items"], item, f"{at}[{index}]")]
    if not isinstance(value, dict) or ("properties" not in schema and "additionalProperties" not in schema):
        return []
    named, others = schema.get("properties", {}), schema.get("additionalProperties")
    found_here = [f"{at} has no {name}" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        known = named.get(name, others)
        found_here += problems(known, inner, f"{at}.{name}") if known else [f"{at} has {name}"]
    return found_here

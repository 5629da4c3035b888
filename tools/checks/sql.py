"""What SQL looks like."""

import re

_IDENTIFIER = r'[\w".{}:]+'
_STATEMENTS = (
    r"select\s.*\bfrom\s+[\w\"({]",
    r"select\s+(\w+\(|\d|'|\$\d|\*)",
    rf"insert\s+into\s+{_IDENTIFIER}",
    rf"update\s+(only\s+)?{_IDENTIFIER}\s+set\s",
    rf"delete\s+from\s+{_IDENTIFIER}",
    rf"merge\s+into\s+{_IDENTIFIER}",
    r"with\s+(recursive\s+)?\w+\s+(\([\w, ]+\)\s+)?as\s*(materialized\s*)?\(\s*(select|insert|update|delete|values)\b",
    r"(create|alter|drop)\s+(or\s+replace\s+|unique\s+|temp\s+|temporary\s+)*"
    r"(table|index|view|role|user|database|schema|function|trigger|policy|extension|sequence|type|system|publication)\b",
    r"truncate\s+(table\s+)?[\w\"{]",
    r"set\s+(local|session|role)\s",
    r"(begin|commit|rollback)(;|$)",
    r"lock\s+table\s",
    r"copy\s+[\w\"(].*\s(from|to)\s",
    r"(grant|revoke)\s.*\son\s",
    r"explain\s*(\(|analyze|select)",
    r"(listen|notify)\s+\w+$",
    r"savepoint\s",
    r"pragma\s+\w+",
)
# Written in one case, as people write SQL; a sentence begins with one capital and goes on in small letters.
_WORDS = "|".join(_STATEMENTS)
_ANY_CASE = re.compile(rf"[\s(]*({_WORDS})", re.IGNORECASE | re.DOTALL)
_FIRST_WORD = re.compile(r"[\s(]*([A-Za-z]+)")


def looks_like_sql(text: str) -> bool:
    """Whether a text begins like a statement: `SELECT … FROM`, `UPDATE … SET`, `BEGIN;`."""
    first = _FIRST_WORD.match(text)
    if first is None or not (first[1].isupper() or (first[1].islower() and " " in text.strip())):
        return False
    return _ANY_CASE.match(text) is not None

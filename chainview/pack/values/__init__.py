"""Pack values: the dynamic value model that payloads, arguments and results are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chainview.system.later import loads_later

if TYPE_CHECKING:
    from chainview.pack.values.compounds import (
        HELD,
        UNIT,
        Compound,
        List,
        Map,
        Option,
        PartLabel,
        Record,
        Result,
        Set,
        Tuple,
        Variant,
    )
    from chainview.pack.values.constructors import (
        MAX_TYPE_SIZE,
        SCALAR_TYPES,
        bytes_value,
        list_value,
        none,
        some,
        type_of,
    )
    from chainview.pack.values.scalars import (
        F32,
        F64,
        S8,
        S16,
        S32,
        S64,
        U8,
        U16,
        U32,
        U64,
        Array,
        Bool,
        Char,
        Flags,
        Integer,
        String,
        Value,
    )

_HOMES: Final = {
    "compounds": "HELD UNIT Compound List Map Option PartLabel Record Result Set Tuple Variant",
    "constructors": "MAX_TYPE_SIZE SCALAR_TYPES bytes_value list_value none some type_of",
    "scalars": "F32 F64 S8 S16 S32 S64 U8 U16 U32 U64 Array Bool Char Flags Integer String Value",
}
"""The names, by the module here that holds them: what makes no value loads none of these."""

if not TYPE_CHECKING:
    __getattr__ = loads_later(__name__, _HOMES)

__all__ = [
    "F32",
    "F64",
    "HELD",
    "MAX_TYPE_SIZE",
    "S8",
    "S16",
    "S32",
    "S64",
    "SCALAR_TYPES",
    "U8",
    "U16",
    "U32",
    "U64",
    "UNIT",
    "Array",
    "Bool",
    "Char",
    "Compound",
    "Flags",
    "Integer",
    "List",
    "Map",
    "Option",
    "PartLabel",
    "Record",
    "Result",
    "Set",
    "String",
    "Tuple",
    "Value",
    "Variant",
    "bytes_value",
    "list_value",
    "none",
    "some",
    "type_of",
]

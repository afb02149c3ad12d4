"""The Pack ABI as data: values, types, CGRF bytes, literals and embedded type metadata."""

"""JSON Schemas of every file routelint reads or writes: its reference manual."""

"""Parsers: from the files of a unit to its routes, resources, settings and errors. Only this package knows syntax."""

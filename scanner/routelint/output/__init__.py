"""Printers: what a scan found -> text, one module per format. Pure: what a printer needs comes in `printing.Printing`."""

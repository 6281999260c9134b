"""Incident communications as code.

The command line and its versioned JSON documents are the only public interfaces;
nothing in this package is a stable Python API.
"""

__version__ = "0.1.0"

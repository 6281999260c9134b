"""Documents that people edit by hand: ordinary YAML, read strictly, with a place for every error.

Nothing here opens a file: text and its path come in, values and problems come out.
"""

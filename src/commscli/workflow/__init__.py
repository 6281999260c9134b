"""One intention of a user a file: typed arguments in, a result out, no printing."""

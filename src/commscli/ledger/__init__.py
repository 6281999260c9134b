"""Git in and out: objects, signatures, the line grammar, YAML documents, reader and writer."""

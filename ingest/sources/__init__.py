"""One module a source; the module's name is the source's word everywhere."""

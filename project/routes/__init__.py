"""HTTP: parse, hand over to the pipeline, answer."""

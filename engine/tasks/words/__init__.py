"""Word vectors: neighbours and analogies, the model, files in and out, benchmarks."""

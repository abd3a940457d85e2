"""t-SNE in a process of its own: rows as JSON on stdin, coordinates as JSON on stdout (``python -m``)."""

import json
import sys


def main() -> None:
    """Read ``{"rows", "perplexity", "seed"}``, write ``[[x, y], …]`` (van der Maaten & Hinton 2008)."""
    import numpy as np
    from sklearn.manifold import TSNE

    asked = json.load(sys.stdin)
    rows = np.array(asked["rows"], np.float32)
    tsne = TSNE(perplexity=asked["perplexity"], random_state=asked["seed"], init="pca", n_jobs=1)
    json.dump(tsne.fit_transform(rows).astype(float).tolist(), sys.stdout)


if __name__ == "__main__":
    main()

"""The other side of encoder_training.py: the same network and steps in PyTorch.

python encoder_torch.py BATCHES.npz whole|small    prints the CPU seconds of each step; needs torch and numpy alone
"""

import json
import sys
import time

import numpy as np

SHAPES = {"whole": (6, 384, 12, 1536, 512), "small": (1, 8, 2, 16, 64)}
WARM = 2


def main() -> None:
    import torch  # pyright: ignore[reportMissingImports]
    from torch import nn  # pyright: ignore[reportMissingImports]

    torch.set_num_threads(1)
    torch.manual_seed(1)
    layers, size, heads, hidden, places = SHAPES[sys.argv[2]]
    block = nn.TransformerEncoderLayer(size, heads, hidden, 0.1, "gelu", layer_norm_eps=1e-12, batch_first=True)
    network = nn.ModuleDict(
        {
            "pieces": nn.Embedding(30_522, size),
            "places": nn.Embedding(places, size),
            "norm": nn.LayerNorm(size, eps=1e-12),
            "layers": nn.TransformerEncoder(block, layers, enable_nested_tensor=False),
            "logits": nn.Linear(size, 2),
        }
    )
    network.train()
    # A learning rate for each depth, as the recipe has them.
    groups = [{"params": part.parameters(), "lr": 1e-5 * (n + 1)} for n, part in enumerate(network.values())]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    loss_of, drop = nn.CrossEntropyLoss(), nn.Dropout(0.1)
    with np.load(sys.argv[1]) as arrays:
        taken = [arrays[name] for name in arrays.files]
    seconds = []
    for batch in taken:
        begun = time.process_time()
        # [CLS] before and [SEP] behind, as the other side sets them itself.
        ids = torch.from_numpy(np.pad(batch, ((0, 0), (1, 1)), constant_values=2)).long()
        hidden_places = ids.eq(0)
        targets = torch.arange(len(ids)) % 2
        x = network["pieces"](ids) + network["places"](torch.arange(ids.shape[1]))[None]
        x = drop(network["norm"](x))
        x = network["layers"](x, src_key_padding_mask=hidden_places)
        real = (~hidden_places).unsqueeze(-1).float()
        pooled = (x * real).sum(1) / real.sum(1)
        loss = loss_of(network["logits"](drop(pooled)), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        loss.item()
        seconds.append(time.process_time() - begun)
    print(json.dumps(seconds[WARM:]))


if __name__ == "__main__":
    main()

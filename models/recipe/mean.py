"""The mean of encoders that learned on from each other: python -m models.recipe.mean OUT PT...

It is steadier than any of them (Izmailov et al. 2018, arXiv:1803.05407).
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from models.recipe.network import load, save


def mean(out: Path, *weights: Path) -> None:
    """Write the mean of encoder.pt files of one form."""
    models = [load(path) for path in weights]
    first, *others = models
    with torch.no_grad():
        for name, values in first.state_dict().items():
            same = [values, *(other.state_dict()[name] for other in others)]
            if values.is_floating_point():
                values.copy_(torch.stack(same).mean(0))
    save(first, out)


if __name__ == "__main__":
    mean(*map(Path, sys.argv[1:]))

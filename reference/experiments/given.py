"""The module that students are given, found in this homework's own folder.

Student code imports `lr_protocol` as a file beside its own. The experiment must train on the very same data,
so it takes that file rather than a copy; `problems/probes/` is no package, hence the path.
"""

from __future__ import annotations

import sys
from pathlib import Path

PROBES = str(Path(__file__).resolve().parents[2] / "problems" / "probes")
if PROBES not in sys.path:
    sys.path.append(PROBES)

from lr_protocol import BATCH_SIZES, N_FEATURES, N_STEPS, SETTINGS, feature_variances, load  # noqa: E402

__all__ = ["BATCH_SIZES", "N_FEATURES", "N_STEPS", "SETTINGS", "feature_variances", "load"]

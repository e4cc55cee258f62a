"""Write designs.json: what R's model.matrix gave in each reference fit. Run: python designs.py FOLDER_OF_FITS."""

import json
import re
import sys
from pathlib import Path

KINDS = ("lm", "glm", "lmer", "glmer")
ARGUMENTS = ("weights", "subset", "offset")

cases = {}
for file in sorted(Path(sys.argv[1]).glob("*.json")):
    fit = json.loads(file.read_text())
    results = fit["results"]
    matrix = results.get("model_matrix") or results.get("fixed_matrix")
    if fit["kind"] not in KINDS or matrix is None:
        continue
    given = fit["options"]["args"]
    estimates = results.get("estimate") or []
    cases[file.stem] = {
        "kind": fit["kind"],
        "r_version": fit["r_version"],
        "data": given["data"],
        "formula": given["formula"],
        "options": {name: given[name] for name in ARGUMENTS if name in given},
        "contrasts": dict(re.findall(r'(\w+) = "([\w.]+)"', given.get("contrasts", ""))),
        "prep": fit["options"].get("prep"),
        "aliased": [
            name for name, value in zip(results.get("coef_names", estimates), estimates, strict=True) if value is None
        ],
        "dropped": results.get("n_dropped_na"),
        "groups": {
            name: {key: part[key] for key in ("n_levels", "levels", "columns")}
            for name, part in results.get("ranef", {}).items()
        },
        "matrix": matrix,
    }
lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
Path(__file__).with_name("designs.json").write_text("{\n" + lines + "\n}\n")

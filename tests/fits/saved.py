"""A saved fit, and what others may have made of it."""

import json
import zipfile

import statmodels_tf as st
from tests.fits.cases import toy


def saved_fit(folder):
    """The path of a fit with weights, contrasts and a slope."""
    fit = st.lmer("y ~ x + arm + (1 + x | g)", toy(), weights="w", contrasts={"arm": "contr.sum"})
    fit.save(folder / "fit.zip")
    return folder / "fit.zip"


def rewritten(path, change=None, arrays=()):
    """The same archive with its JSON changed and some members replaced."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = json.loads(members["fit.json"])
    if change:
        change(content)
    members["fit.json"] = json.dumps(content).encode()
    members |= dict(arrays)
    other = path.with_name("other.zip")
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return other

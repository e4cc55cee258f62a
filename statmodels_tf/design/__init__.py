"""A formula on a table: the arrays of a model."""

from .build import build, restore
from .design import Design
from .groups import GroupBlock
from .newdata import NewDesign
from .response import Response
from .spec import DesignSpec
from .special import SpecialBlock

__all__ = ["Design", "DesignSpec", "GroupBlock", "NewDesign", "Response", "SpecialBlock", "build", "restore"]

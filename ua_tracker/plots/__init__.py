"""The plot of an action: letters and pledges by day, with the goal and the pace needed.

`layout` places lines and their names, `picture` adds what a file needs, `png` draws one. A page and an SVG file write
the same lines in their templates.
"""

from ua_tracker.plots.layout import Drawing, Names, Size, plot
from ua_tracker.plots.picture import SIZE, Picture, compose
from ua_tracker.plots.png import draw

__all__ = ["SIZE", "Drawing", "Names", "Picture", "Size", "compose", "draw", "plot"]

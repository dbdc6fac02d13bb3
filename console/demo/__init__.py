"""`lifecycle demo`: the main job end to end on a scratch store, on virtual days, by several people.

Start reading at the stories (`story_2016`, `story_2020`, `story_2023`); `stage` plays them.
"""

from console.demo.run import run_demo

__all__ = ["run_demo"]

"""What an adapter remembers as a small JSON-able value, and back: another worker goes on with it.

A new adapter of the same class has the same parts, which refer to each other in the same way. Both
are walked side by side, each part once; what differs is written with its number in the walk, and
reading puts it back into a new adapter. A snapshot is not for people: the numbers keep it small,
and its version, made of the names of all that is walked, says for which code they are.

What new adapters of a class are is found out once. Those that a function makes, whose arguments may
be others the next time, are looked at each time, which takes many times as long.

An array is a tuple. What else JSON has not stands under the name of its kind, as ``{"$list": [1]}``
and ``{"$Pod": {"size": 2}}``; what was met before is ``{"$same": place}``. What is read must be of
the type that its attribute declares (``self._at: float | None = None``), else of the new adapter's
own, and only classes that are declared in this way are made.
"""

from video_tracker.adapter_state.reading import restore_adapter
from video_tracker.adapter_state.shape import Player
from video_tracker.adapter_state.writing import adapter_snapshot

__all__ = ["Player", "adapter_snapshot", "restore_adapter"]

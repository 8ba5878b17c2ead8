"""``python -m video_tracker`` is the command ``video-tracker``."""

import sys

from video_tracker.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

"""Stream engines that carry viewers from snapshot to snapshot, each with an extra of its own."""

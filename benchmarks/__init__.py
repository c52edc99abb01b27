"""Measured comparisons: our ranking beside engines that can do the same job."""

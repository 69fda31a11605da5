"""Painters of placed operations: pixels with Pillow, print with ReportLab."""

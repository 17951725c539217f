"""Öka takten: episode folders in, podcast feed and pages out."""

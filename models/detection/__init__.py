"""Detecting with YOLOv5s: anchors, target assignment, loss, decoding, suppression, mAP."""

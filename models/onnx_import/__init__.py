"""Traces of ONNX files, from the products that onnxruntime really runs; no PyTorch."""

from models.onnx_import.network import record_onnx

__all__ = ["record_onnx"]

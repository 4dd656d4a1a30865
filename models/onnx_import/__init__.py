"""Traces of ONNX files, from the products that onnxruntime really runs; no PyTorch."""

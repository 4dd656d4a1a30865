"""Sparse-Blox's hardware without a zero map, for each configuration that has one."""

BASELINES = {
    "sparse_blox": "sparse_blox_dense",
    "sparse_blox_vector": "sparse_blox_vector_dense",
}

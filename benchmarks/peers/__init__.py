"""One engine a file, and the list of them."""

from benchmarks.peers.base import Entry

ENTRIES = (
    Entry("travelbuddy", "benchmarks.peers.travelbuddy:TravelBuddy"),
    Entry("postgres-literal", "benchmarks.peers.postgres_scan:LiteralScan", needs_database=True),
    Entry("postgres-halfvec", "benchmarks.peers.postgres_scan:HalfScan", needs_database=True),
    Entry("postgres-hnsw", "benchmarks.peers.postgres_hnsw:FusedHnsw", needs_database=True),
    Entry("faiss-flat", "benchmarks.peers.faiss_flat:FaissFlat", modules=("faiss",)),
    Entry("faiss-hnsw", "benchmarks.peers.faiss_hnsw:FaissHnsw", modules=("faiss",)),
    Entry("usearch", "benchmarks.peers.usearch_hnsw:UsearchHnsw", modules=("usearch",)),
    Entry("qdrant-own", "benchmarks.peers.qdrant_own:QdrantOwn", modules=("qdrant_edge",)),
    Entry("qdrant-fused", "benchmarks.peers.qdrant_fused:QdrantFused", modules=("qdrant_edge",)),
    Entry(
        "milvus-own", "benchmarks.peers.milvus_own:MilvusOwn", modules=("pymilvus", "milvus_lite")
    ),
    Entry(
        "milvus-fused",
        "benchmarks.peers.milvus_fused:MilvusFused",
        modules=("pymilvus", "milvus_lite"),
    ),
    Entry(
        "superlinked",
        "benchmarks.peers.superlinked_spaces:SuperlinkedSpaces",
        modules=("superlinked",),
        requirements=("superlinked==37.5.0", "pillow<12"),
    ),
)

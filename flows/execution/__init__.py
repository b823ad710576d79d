"""How questions are computed: Prefect records, Dask computes, the catalogue keeps."""

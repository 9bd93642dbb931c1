//! Tests of the real programs together: several `dango-server` processes, the `dango` command, a reverse
//! proxy and both databases. There is nothing to use here; see `tests/it/`.

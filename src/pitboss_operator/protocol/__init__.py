"""The wallet protocol's words, as an operator reads and writes them. No I/O."""

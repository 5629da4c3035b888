"""The protocols' words: structs, signatures, error tables. No I/O."""

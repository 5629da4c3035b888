"""Operations, one module each: what a request says, what becomes of it."""

"""Play, stored: batches of the engine, the journals they leave, and what is read of them."""

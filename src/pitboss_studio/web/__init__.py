"""HTTP: launch URL, the pages' API, and the commands a hub may send the studio."""

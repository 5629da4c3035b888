"""PostgreSQL: the embedded server, migrations, connections, and one module per noun that is stored."""

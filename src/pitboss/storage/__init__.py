"""PostgreSQL: the embedded server, migrations, connections, and a folder or a module per noun that is stored."""

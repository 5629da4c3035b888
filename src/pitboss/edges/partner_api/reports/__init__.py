"""Reports, one module each: `GET /partner/v1/reports/<name>`."""

"""The back office: web pages for those who look after a hub. Its own process and port (`pitboss backoffice`)."""

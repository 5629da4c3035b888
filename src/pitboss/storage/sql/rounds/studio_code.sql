SELECT code FROM provider WHERE id = $1

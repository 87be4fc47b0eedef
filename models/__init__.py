"""Tables, one file each with the SQL that reads and writes them; the visibility predicate."""

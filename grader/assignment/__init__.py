"""Problems: what authors write (`model`, `symbols`), and how it is read (`load`)."""

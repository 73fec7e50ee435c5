"""HTML pages of the marking desk."""

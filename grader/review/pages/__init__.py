"""The pages of the marking desk."""

"""For authors: proving that checks are right, and making what students get."""

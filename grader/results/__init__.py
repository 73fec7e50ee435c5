"""Results: records with people's decisions and lateness applied, and their release to students."""

"""What counts: records with decisions and lateness applied, and handing them out."""

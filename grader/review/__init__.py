"""The marking desk: a small web application on this machine alone, where people decide what machines may not."""

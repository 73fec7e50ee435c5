"""What every page that is served on this machine shares: server, access, requests, assets and the page's frame."""

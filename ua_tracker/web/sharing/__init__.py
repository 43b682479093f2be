"""What other sites, programs and screens get: embeds, pictures, JSON, the page to share, the wall."""

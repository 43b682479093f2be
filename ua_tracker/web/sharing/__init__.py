"""What other sites, programs and screens get: embeds, pictures, JSON, codes to copy, and the wall."""

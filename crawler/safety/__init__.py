"""What keeps a hostile page or server from harming us or others through us."""

"""Charts: one grammar of what is drawn, and two renderers of it, for files and for pages."""

"""Co-brand designs: the format, its layout, its renderers and the library of what was made from them."""

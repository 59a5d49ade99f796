"""The canvas: panes that show a stimulus with what people and machines attended to on it."""

"""Pure functions from the analysis to what widgets show: rows, nodes, blocks. Nothing here knows a screen."""

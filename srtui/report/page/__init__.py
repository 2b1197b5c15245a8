"""The parts of the HTML report: markup in which text cannot become anything else, and one module a section."""

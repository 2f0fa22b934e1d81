"""What the pages on customising show, as they show it: their own code in a stranger's project."""

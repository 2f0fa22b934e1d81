"""Three tiny hosts: the package must work whatever the key of the model that is shared."""

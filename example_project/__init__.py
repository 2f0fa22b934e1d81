"""A small app store that shows django-share-analytics at work."""

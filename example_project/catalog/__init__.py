"""The store: its apps, the page that lists them and the page of each."""

"""``GET s/<code>/<key>``: where share links lead, and their QR codes."""

"""The sample input: invented figures of real places, and a stand-in for the national portal. See README.md here."""
